import { type Area, snap } from "./area.ts";
import { Found } from "./found.ts";
import type { Coordinates, Grid, Hit } from "./grid.ts";
import { checkPlace, Hits, haversine, radians } from "./hits.ts";
import {
	northward,
	RowSequence,
	type Sequence,
	type Within,
} from "./northward.ts";
import type { Order } from "./order.ts";
import { countOf, type Ranges } from "./ranges.ts";
import { eastward, turned } from "./turn.ts";

/**
 * Rows of evenly spaced points along parallels, in the message's order of rows. Column c of a row lies at
 * `wests + c * spans / parts` degrees east.
 */
export interface Rows {
	/** Degrees; strictly falling, or strictly rising. */
	readonly latitudes: Float64Array;
	readonly wests: Float64Array;
	readonly spans: Float64Array;
	readonly parts: Float64Array;
	readonly counts: Uint32Array;
}

export type GridFacts = Pick<Grid, "id" | "kind" | "size" | "name">;

type Point = readonly [index: number, longitude: number];

/** A part of a row, from its westernmost point to its easternmost. */
type Stretch = (
	latitude: number,
	west: number,
	east: number,
	points: () => Iterable<Point>,
) => void;

/** A grid of rows: all that is asked of it is answered row by row, and no list of points is made. */
export class RowGrid implements Grid {
	readonly id: string;
	readonly kind: string;
	readonly size: number;
	readonly name: string;
	readonly rows: Rows;
	readonly #order: Order;
	readonly #cosines: Float64Array;
	/** 1 where latitudes rise, -1 where they fall. */
	readonly #rise: number;
	/** Where rows do not stand together: the parts of rows that ranges are of. */
	readonly #parts = new WeakMap<Ranges, Uint32Array>();

	constructor({ id, kind, size, name }: GridFacts, rows: Rows, order: Order) {
		this.id = id;
		this.kind = kind;
		this.size = size;
		this.name = name ?? kind;
		this.rows = rows;
		this.#order = order;
		this.#cosines = rows.latitudes.map(cosineOf);
		const [first = 0, second = 0] = rows.latitudes;
		this.#rise = second > first ? 1 : -1;
	}

	coordinates(ranges: Ranges): Coordinates {
		const count = countOf(ranges);
		const latitudes = new Float64Array(count);
		const longitudes = new Float64Array(count);
		let out = 0;
		let row = -1;
		let rowEnd = 0;
		for (let at = 0; at < ranges.length; at += 2) {
			const end = ranges[at + 1] ?? 0;
			for (let index = ranges[at] ?? 0; index < end; index++, out++) {
				if (index >= rowEnd) {
					row = this.#order.row(index);
					rowEnd = this.#order.rowsTogether ? this.#end(row) : 0;
				}
				latitudes[out] = this.rows.latitudes[row] ?? 0;
				longitudes[out] = turned(
					this.#longitude(row, this.#order.column(index, row)),
				);
			}
		}
		return { latitudes, longitudes };
	}

	/** Where a point is; longitude in any turn. */
	place(index: number): { latitude: number; longitude: number } {
		const row = this.#order.row(index);
		return {
			latitude: this.rows.latitudes[row] ?? 0,
			longitude: this.#longitude(row, this.#order.column(index, row)),
		};
	}

	/** Cuts rows into stretches of up to `length` points; of each tells where it is, and its points when they are asked for. */
	stretches(length: number, see: Stretch): void {
		this.rows.latitudes.forEach((latitude, row) => {
			const count = this.rows.counts[row] ?? 0;
			for (let first = 0; first < count; first += length) {
				const end = Math.min(first + length, count);
				see(
					latitude,
					this.#longitude(row, first),
					this.#longitude(row, end - 1),
					() => this.#points(row, first, end),
				);
			}
		});
	}

	*#points(row: number, first: number, end: number): Iterable<Point> {
		for (let column = first; column < end; column++)
			yield [this.#order.index(row, column), this.#longitude(row, column)];
	}

	nearest(latitude: number, longitude: number, k = 1): readonly Hit[] {
		checkPlace(latitude, longitude);
		const hits = new Hits(Math.min(k, this.size));
		const { latitudes } = this.rows;
		const cosine = cosineOf(latitude);
		// Rows before and after the place, whichever is nearer, until neither can hold a better point.
		let after = this.#firstFrom(latitude);
		let before = after - 1;
		for (;;) {
			const back =
				before < 0 ? Infinity : Math.abs((latitudes[before] ?? 0) - latitude);
			const on =
				after >= latitudes.length
					? Infinity
					: Math.abs((latitudes[after] ?? 0) - latitude);
			const off = Math.min(back, on);
			if (off === Infinity || !hits.accepts(haversine(off, 0, 0))) break;
			const row = back <= on ? before-- : after++;
			this.#nearestInRow(row, off, longitude, cosine, hits);
		}
		return hits.list();
	}

	inside(area: Area): Ranges {
		const found = new Found(this.rows, this.#order);
		const { latitudes } = this.rows;
		const [from, to] =
			this.#rise > 0
				? [area.south - snap, area.north + snap]
				: [area.north + snap, area.south - snap];
		for (let row = this.#firstFrom(from); row < latitudes.length; row++) {
			const latitude = latitudes[row] ?? 0;
			if ((latitude - to) * this.#rise > 0) break;
			if ((this.rows.counts[row] ?? 0) === 0) continue;
			const within = Math.min(Math.max(latitude, area.south), area.north);
			found.row(row, area.intervals(within));
		}
		const ranges = found.ranges();
		const parts = found.parts(this.#rise);
		if (parts !== undefined) this.#parts.set(ranges, parts);
		return ranges;
	}

	northward(ranges: Ranges, within: Within): Sequence {
		const parts = this.#parts.get(ranges);
		if (parts !== undefined) return new RowSequence(parts, this.#order, within);
		return northward(ranges, {
			row: this.#order.row,
			rank: (row) => row * this.#rise,
			end: (row) => this.#end(row),
		});
	}

	/** The index after all those of a row whose values stand together. */
	#end(row: number): number {
		const last = (this.rows.counts[row] ?? 1) - 1;
		const { index } = this.#order;
		return Math.max(index(row, 0), index(row, last)) + 1;
	}

	/** The first row that does not come before a latitude. */
	#firstFrom(latitude: number): number {
		const { latitudes } = this.rows;
		let low = 0;
		let high = latitudes.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (((latitudes[middle] ?? 0) - latitude) * this.#rise < 0)
				low = middle + 1;
			else high = middle;
		}
		return low;
	}

	#longitude(row: number, column: number): number {
		const { wests, spans, parts } = this.rows;
		return (wests[row] ?? 0) + (column * (spans[row] ?? 0)) / (parts[row] ?? 1);
	}

	/** Goes through a row's points from the longitude on, west and east, round the globe, as long as they may count. */
	#nearestInRow(
		row: number,
		off: number,
		longitude: number,
		cosine: number,
		hits: Hits,
	): void {
		const count = this.rows.counts[row] ?? 0;
		const latitude = this.rows.latitudes[row] ?? 0;
		const cosines = cosine * (this.#cosines[row] ?? 0);
		if (cosines === 0) {
			this.#alike(row, haversine(off, 0, 0), hits);
			return;
		}
		const step = (this.rows.spans[row] ?? 0) / (this.rows.parts[row] ?? 1);
		const place = turned(longitude - (this.rows.wests[row] ?? 0));
		let left = step > 0 ? Math.min(Math.floor(place / step), count - 1) : 0;
		let right = left + 1 < count ? left + 1 : 0;
		for (let taken = 0; taken < count; taken++) {
			const west = eastward(place - left * step);
			const east = eastward(right * step - place);
			const nearer = haversine(off, Math.min(west, east), cosines);
			if (!hits.accepts(nearer)) return;
			if (west <= east) {
				hits.add(this.#order.index(row, left), nearer, latitude);
				left = left > 0 ? left - 1 : count - 1;
			} else {
				hits.add(this.#order.index(row, right), nearer, latitude);
				right = right + 1 < count ? right + 1 : 0;
			}
		}
	}

	/** Seen from a pole, or on one, all points of a row are equally far: those with the lowest indices count. */
	#alike(row: number, apart: number, hits: Hits): void {
		const count = this.rows.counts[row] ?? 0;
		const { index, rowsTogether } = this.#order;
		const latitude = this.rows.latitudes[row] ?? 0;
		const rising = index(row, 0) <= index(row, count - 1);
		for (let n = 0; n < count && hits.accepts(apart); n++) {
			const next = index(row, rising ? n : count - 1 - n);
			const taken = hits.add(next, apart, latitude);
			if (!taken && rowsTogether) return;
		}
	}
}

/** Of a pole exactly 0, so that its points are one place. */
function cosineOf(latitude: number): number {
	return Math.abs(latitude) >= 90 ? 0 : Math.cos(latitude * radians);
}
