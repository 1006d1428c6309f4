import { createHash } from "node:crypto";
import { type Area, snap } from "./area.ts";
import type { Coordinates, Grid, Hit } from "./grid.ts";
import { Hits, haversine, radians } from "./hits.ts";
import { northward, type Sequence } from "./northward.ts";
import { countOf, type Ranges } from "./ranges.ts";
import { eastward, turned } from "./turn.ts";

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
		const count = countOf(ranges);
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
		const hits = new Hits(Math.min(k, this.size));
		const from = { latitude, longitude: turned(longitude) };
		let north = firstFrom(this.#rows, this.#latitudes, latitude);
		let south = north - 1;
		// Rows from the nearest on, until neither side can hold a better point.
		for (;;) {
			const below = Math.abs(latitude - this.#latitudeAt(south));
			const above = Math.abs(this.#latitudeAt(north) - latitude);
			const off = Math.min(below, above);
			if (off === Infinity || !hits.accepts(haversine(off, 0, 0))) break;
			const place = below <= above ? south-- : north++;
			this.#nearestInRow(this.#rows[place] ?? 0, from, hits);
		}
		return hits.list();
	}

	/** The latitude of the `place`-th row from the south; beyond the last it is infinitely far. */
	#latitudeAt(place: number): number {
		const row = this.#rows[place];
		return row === undefined ? Infinity : (this.#latitudes[row] ?? 0);
	}

	/** Columns from the nearest on to both sides, around the sphere, as long as they may count. */
	#nearestInRow(
		row: number,
		from: { readonly latitude: number; readonly longitude: number },
		hits: Hits,
	): void {
		const columns = this.#columns;
		const count = columns.length;
		const latitude = this.#latitudes[row] ?? 0;
		const cosines = cosineOf(from.latitude) * cosineOf(latitude);
		let right = firstFrom(columns, this.#longitudes, from.longitude) % count;
		let left = (right + count - 1) % count;
		for (let taken = 0; taken < count; taken++) {
			const west = eastward(from.longitude - this.#longitudeAt(left));
			const east = eastward(this.#longitudeAt(right) - from.longitude);
			const apart = haversine(
				latitude - from.latitude,
				Math.min(west, east),
				cosines,
			);
			if (!hits.accepts(apart)) return;
			const place = west <= east ? left : right;
			hits.add(row * count + (columns[place] ?? 0), apart, latitude);
			if (west <= east) left = (left + count - 1) % count;
			else right = (right + 1) % count;
		}
	}

	/** The longitude of the `place`-th column from 0° eastward. */
	#longitudeAt(place: number): number {
		return this.#longitudes[this.#columns[place] ?? 0] ?? 0;
	}

	northward(ranges: Ranges): Sequence {
		const width = this.#longitudes.length;
		return northward(ranges, {
			row: (index) => Math.floor(index / width),
			rank: (row) => this.#latitudes[row] ?? 0,
			end: (row) => (row + 1) * width,
		});
	}

	inside(area: Area): Ranges {
		const ranges: number[] = [];
		const width = this.#longitudes.length;
		const marks = new Uint8Array(width);
		for (const [row, latitude] of this.#latitudes.entries()) {
			if (latitude < area.south - snap || latitude > area.north + snap)
				continue;
			const within = Math.min(Math.max(latitude, area.south), area.north);
			const intervals = area.intervals(within);
			if (intervals.length === 0) continue;
			marks.fill(0);
			this.#mark(intervals, marks);
			addRuns(marks, row * width, ranges);
		}
		return Uint32Array.from(ranges);
	}

	/** Marks the columns whose longitudes lie in the intervals. */
	#mark(intervals: readonly number[], marks: Uint8Array): void {
		for (let at = 0; at < intervals.length; at += 2) {
			for (const turn of [-360, 0, 360]) {
				const west = (intervals[at] ?? 0) - snap + turn;
				const east = (intervals[at + 1] ?? 0) + snap + turn;
				let place = firstFrom(this.#columns, this.#longitudes, west);
				while (place < marks.length && this.#longitudeAt(place) <= east)
					marks[this.#columns[place++] ?? 0] = 1;
			}
		}
	}
}

/** Adds the marked columns of a row as ranges; one goes on where the row before ended with it. */
function addRuns(marks: Uint8Array, start: number, ranges: number[]): void {
	for (let column = 0; column < marks.length; column++) {
		if (marks[column] === 0) continue;
		const from = start + column;
		while (marks[column] === 1) column++;
		const to = start + column;
		if (ranges.at(-1) === from) ranges[ranges.length - 1] = to;
		else ranges.push(from, to);
	}
}

/** Of a pole exactly 0, so that its points are one place. */
const cosineOf = (latitude: number): number =>
	Math.abs(latitude) >= 90 ? 0 : Math.cos(latitude * radians);

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
