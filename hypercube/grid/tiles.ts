import type { Area } from "./area.ts";
import { Bounds } from "./bounds.ts";
import { type Hits, haversine, radians } from "./hits.ts";
import type { Spot } from "./rotation.ts";

/** Points in rows and columns that may lie anywhere. */
export interface Mesh {
	readonly rows: number;
	readonly columns: number;
	/** Writes latitude and longitude of a point, degrees. */
	place(row: number, column: number, out: Spot): void;
	index(row: number, column: number): number;
}

/** Points along a side of the smallest tiles. */
const side = 8;

/** One level of tiles; of each the cap on the unit sphere that holds its points: x, y, z, and the radius in radians. */
interface Level {
	readonly rows: number;
	readonly columns: number;
	readonly caps: Float64Array;
}

/**
 * Tiles of points, tiles of tiles, up to one: for searches that leave out what lies too far away. Nothing is assumed of
 * how points are laid out. Takes half an octet a point; making it looks at each point once.
 */
export class Tiles {
	readonly #mesh: Mesh;
	readonly #levels: readonly Level[];
	readonly #spot = new Float64Array(2);

	constructor(mesh: Mesh) {
		this.#mesh = mesh;
		const levels = [this.#lowest()];
		for (let last = levels[0]; last && last.caps.length > 4; ) {
			last = above(last);
			levels.push(last);
		}
		this.#levels = levels;
	}

	/** Adds the nearest points to those found. */
	nearest(latitude: number, longitude: number, hits: Hits): void {
		const at = new Float64Array(3);
		vector(latitude, longitude, at, 0);
		const cosine = Math.cos(latitude * radians);
		const top = this.#levels.length - 1;
		const visit = (level: number, row: number, column: number): void => {
			if (level > 0) {
				for (const [least, r, c] of this.#below(level, row, column, at))
					if (hits.accepts(least)) visit(level - 1, r, c);
				return;
			}
			this.#each(row, column, (r, c) => {
				const [north = 0, east = 0] = this.#spot;
				const cosines = cosine * Math.cos(north * radians);
				const apart = haversine(north - latitude, east - longitude, cosines);
				if (hits.accepts(apart)) hits.add(this.#mesh.index(r, c), apart, north);
			});
		};
		visit(top, 0, 0);
	}

	/** Tells all points of tiles that may reach into the area: their places and indices. */
	reaching(
		area: Area,
		see: (latitude: number, longitude: number, index: number) => void,
	): void {
		const bounds = new Bounds(area);
		const visit = (level: number, row: number, column: number): void => {
			const { caps, columns } = this.#level(level);
			const cap = 4 * (row * columns + column);
			const [x = 0, y = 0, z = 0, reach = 0] = caps.subarray(cap, cap + 4);
			const latitude = Math.atan2(z, Math.hypot(x, y)) / radians;
			const longitude = Math.atan2(y, x) / radians;
			if (!bounds.reach(latitude, longitude, reach / radians)) return;
			if (level > 0)
				this.#children(level, row, column, (r, c) => visit(level - 1, r, c));
			else
				this.#each(row, column, (r, c) => {
					const [latitude = 0, longitude = 0] = this.#spot;
					see(latitude, longitude, this.#mesh.index(r, c));
				});
		};
		visit(this.#levels.length - 1, 0, 0);
	}

	#level(level: number): Level {
		return (
			this.#levels[level] ?? { rows: 0, columns: 0, caps: new Float64Array() }
		);
	}

	/** Tiles of which a tile consists, with the haversine that none of their points is nearer than, rising. */
	#below(
		level: number,
		row: number,
		column: number,
		at: Float64Array,
	): [least: number, row: number, column: number][] {
		const found: [number, number, number][] = [];
		const { caps, columns } = this.#level(level - 1);
		this.#children(level, row, column, (r, c) => {
			const cap = 4 * (r * columns + c);
			const apart = angle(at, 0, caps, cap) - (caps[cap + 3] ?? 0) - 1e-9;
			const least = apart > 0 ? Math.sin(Math.min(apart, Math.PI) / 2) ** 2 : 0;
			found.push([least, r, c]);
		});
		return found.sort((a, b) => a[0] - b[0]);
	}

	#children(
		level: number,
		row: number,
		column: number,
		see: (row: number, column: number) => void,
	): void {
		const { rows, columns } = this.#level(level - 1);
		for (let r = 2 * row; r < Math.min(2 * row + 2, rows); r++)
			for (let c = 2 * column; c < Math.min(2 * column + 2, columns); c++)
				see(r, c);
	}

	/** Goes through the points of a smallest tile, each put into the spot. */
	#each(
		row: number,
		column: number,
		see: (row: number, column: number) => void,
	): void {
		const { rows, columns } = this.#mesh;
		for (let r = side * row; r < Math.min(side * row + side, rows); r++)
			for (
				let c = side * column;
				c < Math.min(side * column + side, columns);
				c++
			) {
				this.#mesh.place(r, c, this.#spot);
				see(r, c);
			}
	}

	#lowest(): Level {
		const rows = Math.ceil(this.#mesh.rows / side);
		const columns = Math.ceil(this.#mesh.columns / side);
		const caps = new Float64Array(4 * rows * columns);
		const points = new Float64Array(3 * side * side);
		for (let row = 0; row < rows; row++)
			for (let column = 0; column < columns; column++) {
				let count = 0;
				this.#each(row, column, () => {
					vector(this.#spot[0] ?? 0, this.#spot[1] ?? 0, points, 3 * count++);
				});
				around(points, count, caps, 4 * (row * columns + column));
			}
		return { rows, columns, caps };
	}
}

function vector(
	latitude: number,
	longitude: number,
	out: Float64Array,
	at: number,
): void {
	const cosine = Math.cos(latitude * radians);
	out[at] = cosine * Math.cos(longitude * radians);
	out[at + 1] = cosine * Math.sin(longitude * radians);
	out[at + 2] = Math.sin(latitude * radians);
}

/** Radians between two directions, exact for small ones too. */
function angle(a: Float64Array, i: number, b: Float64Array, j: number): number {
	const x = (a[i] ?? 0) - (b[j] ?? 0);
	const y = (a[i + 1] ?? 0) - (b[j + 1] ?? 0);
	const z = (a[i + 2] ?? 0) - (b[j + 2] ?? 0);
	return 2 * Math.asin(Math.min(1, Math.hypot(x, y, z) / 2));
}

/** Writes the cap around some directions: their mean, and how far the farthest is from it. */
function around(
	points: Float64Array,
	count: number,
	caps: Float64Array,
	cap: number,
): void {
	for (let n = 0; n < count; n++)
		for (let axis = 0; axis < 3; axis++)
			caps[cap + axis] = (caps[cap + axis] ?? 0) + (points[3 * n + axis] ?? 0);
	normalize(caps, cap);
	let radius = 0;
	for (let n = 0; n < count; n++)
		radius = Math.max(radius, angle(points, 3 * n, caps, cap));
	caps[cap + 3] = radius;
}

/** Directions that cancel out have no mean: any will do, as the radius says the rest. */
function normalize(caps: Float64Array, cap: number): void {
	const [x = 0, y = 0, z = 0] = caps.subarray(cap, cap + 3);
	const length = Math.hypot(x, y, z);
	if (length > 1e-9) caps.set([x / length, y / length, z / length], cap);
	else caps.set([0, 0, 1], cap);
}

/** Tiles of two by two tiles. */
function above(level: Level): Level {
	const rows = Math.ceil(level.rows / 2);
	const columns = Math.ceil(level.columns / 2);
	const caps = new Float64Array(4 * rows * columns);
	const parts = (row: number, column: number): number[] =>
		[0, 1, 2, 3]
			.map((n) => [2 * row + (n >> 1), 2 * column + (n & 1)] as const)
			.filter(([r, c]) => r < level.rows && c < level.columns)
			.map(([r, c]) => 4 * (r * level.columns + c));
	for (let row = 0; row < rows; row++)
		for (let column = 0; column < columns; column++) {
			const cap = 4 * (row * columns + column);
			const inner = parts(row, column);
			for (const part of inner)
				for (let axis = 0; axis < 3; axis++)
					caps[cap + axis] =
						(caps[cap + axis] ?? 0) + (level.caps[part + axis] ?? 0);
			normalize(caps, cap);
			caps[cap + 3] = Math.max(
				...inner.map(
					(part) =>
						angle(level.caps, part, caps, cap) + (level.caps[part + 3] ?? 0),
				),
			);
		}
	return { rows, columns, caps };
}
