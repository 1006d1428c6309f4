import { createHash } from "node:crypto";
import type { Area } from "./area.ts";
import { snap } from "./area.ts";
import type { Coordinates, Grid, Hit } from "./grid.ts";
import type { Ranges } from "./ranges.ts";

const radians = Math.PI / 180;

/**
 * Rows of points: each latitude of a list with each longitude of another, in any order and with any spacing. The
 * longitudes of a row follow each other: the index of a point is `row * longitudes.length + column`.
 */
export class RectilinearGrid implements Grid {
	readonly kind = "rectilinear";
	readonly id: string;
	readonly size: number;
	readonly #latitudes: Float64Array;
	/** In [0, 360). */
	readonly #longitudes: Float64Array;
	/** Rows from south to north. */
	readonly #rows: Uint32Array;
	/** Columns from west to east, from 0° on. */
	readonly #columns: Uint32Array;

	/**
	 * @param latitudes degrees
	 * @param longitudes degrees, in any turn
	 * @throws RangeError for coordinates that are none
	 */
	constructor(latitudes: Float64Array, longitudes: Float64Array) {
		if (latitudes.some((latitude) => !(Math.abs(latitude) <= 90 + snap)))
			throw new RangeError("a latitude is none of -90 to 90 degrees");
		if (longitudes.some((longitude) => !(Math.abs(longitude) <= 1080)))
			throw new RangeError("a longitude is none of -1080 to 1080 degrees");
		this.#latitudes = latitudes.map((latitude) =>
			Math.max(-90, Math.min(90, latitude)),
		);
		this.#longitudes = longitudes.map(turned);
		this.#rows = ascending(this.#latitudes);
		this.#columns = ascending(this.#longitudes);
		this.size = latitudes.length * longitudes.length;
		this.id = createHash("sha256")
			.update("rectilinear")
			.update(String(latitudes.length))
			.update(octets(this.#latitudes))
			.update(octets(this.#longitudes))
			.digest("hex");
	}

	coordinates(ranges: Ranges): Coordinates {
		let count = 0;
		for (let at = 0; at < ranges.length; at += 2)
			count += (ranges[at + 1] ?? 0) - (ranges[at] ?? 0);
		const latitudes = new Float64Array(count);
		const longitudes = new Float64Array(count);
		const width = this.#longitudes.length;
		let out = 0;
		for (let at = 0; at < ranges.length; at += 2) {
			const end = ranges[at + 1] ?? 0;
			for (let index = ranges[at] ?? 0; index < end; index++) {
				const row = Math.floor(index / width);
				latitudes[out] = this.#latitudes[row] ?? Number.NaN;
				longitudes[out++] = this.#longitudes[index - row * width] ?? Number.NaN;
			}
		}
		return { latitudes, longitudes };
	}

	nearest(latitude: number, longitude: number, k = 1): readonly Hit[] {
		const search = new Search(latitude, turned(longitude), k);
		const rows = this.#rows;
		let north = firstFrom(rows, this.#latitudes, latitude);
		let south = north - 1;
		// Rows from the nearest on, until no row can hold a nearer point.
		while (south >= 0 || north < rows.length) {
			const below = latitude - this.#latitudeAt(south);
			const above = this.#latitudeAt(north) - latitude;
			const next = below <= above ? south-- : north++;
			if (!search.mayHold(Math.min(below, above))) break;
			this.#searchRow(search, rows[next] ?? 0);
		}
		return search.hits();
	}

	/** The latitude of the `place`-th row from the south; beyond the last it is infinitely far. */
	#latitudeAt(place: number): number {
		if (place < 0) return Number.NEGATIVE_INFINITY;
		const row = this.#rows[place];
		return row === undefined
			? Number.POSITIVE_INFINITY
			: (this.#latitudes[row] ?? 0);
	}

	/** Columns from the nearest on to both sides, around the sphere, until the row holds no nearer one. */
	#searchRow(search: Search, row: number): void {
		const columns = this.#columns;
		const count = columns.length;
		const latitude = this.#latitudes[row] ?? 0;
		const start = firstFrom(columns, this.#longitudes, search.longitude);
		let east = 0;
		let west = 1;
		for (let seen = 0; seen < count; seen++) {
			const toEast = columns[(start + east) % count] ?? 0;
			const toWest = columns[(start - west + count) % count] ?? 0;
			const eastward = turned(
				(this.#longitudes[toEast] ?? 0) - search.longitude,
			);
			const westward = turned(
				search.longitude - (this.#longitudes[toWest] ?? 0),
			);
			const isEast = eastward <= westward;
			if (isEast) east++;
			else west++;
			const column = isEast ? toEast : toWest;
			const near = search.offer(
				row * count + column,
				latitude,
				this.#longitudes[column] ?? 0,
			);
			if (!near) return;
		}
	}

	inside(area: Area): Ranges {
		const ranges: number[] = [];
		const width = this.#longitudes.length;
		for (let row = 0; row < this.#latitudes.length; row++) {
			const latitude = this.#latitudes[row] ?? 0;
			if (latitude < area.south - snap || latitude > area.north + snap)
				continue;
			for (const column of this.#columnsIn(area.intervals(latitude))) {
				const index = row * width + column;
				if (ranges.at(-1) === index) ranges[ranges.length - 1] = index + 1;
				else ranges.push(index, index + 1);
			}
		}
		return Uint32Array.from(ranges);
	}

	/** The columns whose longitudes lie in the intervals, ascending. */
	#columnsIn(intervals: readonly number[]): Uint32Array {
		const found = new Set<number>();
		for (let at = 0; at < intervals.length; at += 2) {
			const west = (intervals[at] ?? 0) - snap;
			const east = (intervals[at + 1] ?? 0) + snap;
			for (const turn of [-360, 0, 360])
				this.#collect(found, west + turn, east + turn);
		}
		return Uint32Array.from(found).sort();
	}

	#collect(found: Set<number>, west: number, east: number): void {
		if (east < 0 || west >= 360) return;
		const columns = this.#columns;
		for (
			let at = firstFrom(columns, this.#longitudes, west);
			at < columns.length;
			at++
		) {
			const column = columns[at] ?? 0;
			if ((this.#longitudes[column] ?? 0) > east) return;
			found.add(column);
		}
	}
}

/** The best points found so far. */
class Search {
	readonly longitude: number;
	readonly #latitude: number;
	readonly #k: number;
	/** By distance, then by index. `chord` is the square of the straight distance on the unit sphere. */
	readonly #found: { readonly index: number; readonly chord: number }[] = [];

	constructor(latitude: number, longitude: number, k: number) {
		this.#latitude = latitude;
		this.longitude = longitude;
		this.#k = k;
	}

	/** The distance beyond which nothing is wanted. */
	get #bound(): number {
		return this.#found.length < this.#k
			? Number.POSITIVE_INFINITY
			: (this.#found.at(-1)?.chord ?? 0);
	}

	/** Whether a row so many degrees away may hold a point that is wanted. */
	mayHold(degrees: number): boolean {
		if (!Number.isFinite(degrees)) return false;
		const half = Math.sin((degrees * radians) / 2);
		return 4 * half * half <= this.#bound * (1 + 1e-12);
	}

	/** Takes a point if it is near enough; whether points no nearer than it may still be wanted. */
	offer(index: number, latitude: number, longitude: number): boolean {
		const chord = chordBetween(
			this.#latitude,
			this.longitude,
			latitude,
			longitude,
		);
		if (chord > this.#bound) return false;
		const place = this.#found.findIndex(
			(other) =>
				chord < other.chord || (chord === other.chord && index < other.index),
		);
		this.#found.splice(place < 0 ? this.#found.length : place, 0, {
			index,
			chord,
		});
		if (this.#found.length > this.#k) this.#found.pop();
		return true;
	}

	hits(): Hit[] {
		return this.#found.map(({ index, chord }) => ({
			index,
			distance: 2 * Math.asin(Math.min(1, Math.sqrt(chord) / 2)),
		}));
	}
}

/** The square of the straight distance on the unit sphere (haversine × 4); the same from east and west. */
function chordBetween(
	latitude: number,
	longitude: number,
	otherLatitude: number,
	otherLongitude: number,
): number {
	const rows = Math.sin(((otherLatitude - latitude) * radians) / 2);
	const apart = Math.abs(otherLongitude - longitude);
	const columns = Math.sin((Math.min(apart, 360 - apart) * radians) / 2);
	const shrink =
		Math.cos(latitude * radians) * Math.cos(otherLatitude * radians);
	return 4 * (rows * rows + shrink * columns * columns);
}

/** In [0, 360). */
function turned(longitude: number): number {
	const rest = longitude % 360;
	const turned = rest < 0 ? rest + 360 : rest;
	// What lies a hair west of the seam rounds onto it.
	return turned >= 360 ? 0 : turned;
}

/** Places by value; of equal ones the lower first. */
const ascending = (values: Float64Array): Uint32Array =>
	Uint32Array.from(values.keys()).sort(
		(a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b,
	);

/** The first in the order whose value is not less. */
function firstFrom(
	order: Uint32Array,
	values: Float64Array,
	least: number,
): number {
	let low = 0;
	let high = order.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((values[order[middle] ?? 0] ?? 0) < least) low = middle + 1;
		else high = middle;
	}
	return low;
}

const octets = (values: Float64Array): Uint8Array =>
	new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
