import type { Area } from "./area.ts";
import { Bounds } from "./bounds.ts";
import type { Coordinates } from "./grid.ts";
import { type Hits, haversine, radians } from "./hits.ts";

/** Points in a leaf. */
const leaf = 16;
/** More than single precision moves a coordinate of the unit sphere. */
const rounding = 1e-6;

/**
 * A packed k-d tree of directions: points sorted so that the middle one of each stretch stands between the rest, by x, y and z in turn.
 * Takes 16 octets a point beside the coordinates.
 */
export class Tree {
	readonly #points: Coordinates;
	readonly #ids: Uint32Array;
	/** x, y and z of the points in the order of the tree. */
	readonly #axes: readonly Float32Array[];

	constructor(points: Coordinates) {
		this.#points = points;
		const { latitudes, longitudes } = points;
		const plain = [
			Float32Array.from(
				latitudes,
				(one, at) => cosine(one) * cosine(longitudes[at] ?? 0),
			),
			Float32Array.from(
				latitudes,
				(one, at) => cosine(one) * sine(longitudes[at] ?? 0),
			),
			Float32Array.from(latitudes, sine),
		];
		this.#ids = Uint32Array.from(latitudes, (_, at) => at);
		arrange(this.#ids, plain, { from: 0, to: this.#ids.length, axis: 0 });
		this.#axes = plain.map((axis) =>
			Float32Array.from(this.#ids, (id) => axis[id] ?? 0),
		);
	}

	/** Adds the nearest points to those found. */
	nearest(latitude: number, longitude: number, hits: Hits): void {
		const { latitudes, longitudes } = this.#points;
		const at = [
			cosine(latitude) * cosine(longitude),
			cosine(latitude) * sine(longitude),
			sine(latitude),
		];
		const here = cosine(latitude);
		const look = (n: number): void => {
			const id = this.#ids[n] ?? 0;
			const north = latitudes[id] ?? 0;
			const east = (longitudes[id] ?? 0) - longitude;
			const apart = haversine(north - latitude, east, here * cosine(north));
			if (hits.accepts(apart)) hits.add(id, apart, north);
		};
		const visit = (from: number, to: number, axis: number): void => {
			if (to - from <= leaf) {
				for (let n = from; n < to; n++) look(n);
				return;
			}
			const middle = (from + to) >>> 1;
			const off = (at[axis] ?? 0) - (this.#axes[axis]?.[middle] ?? 0);
			const next = (axis + 1) % 3;
			look(middle);
			if (off < 0) visit(from, middle, next);
			else visit(middle + 1, to, next);
			const least = Math.max(0, Math.abs(off) - rounding) / 2;
			if (!hits.accepts(least * least)) return;
			if (off < 0) visit(middle + 1, to, next);
			else visit(from, middle, next);
		};
		visit(0, this.#ids.length, 0);
	}

	/** Tells the points of leaves that may reach into the area, some of them more than once. */
	reaching(area: Area, see: (index: number) => void): void {
		for (const box of new Bounds(area).boxes()) this.#within(box, see);
	}

	#within(box: Float64Array, see: (index: number) => void): void {
		const visit = (from: number, to: number, axis: number): void => {
			if (to - from <= leaf) {
				for (let n = from; n < to; n++) see(this.#ids[n] ?? 0);
				return;
			}
			const middle = (from + to) >>> 1;
			const split = this.#axes[axis]?.[middle] ?? 0;
			const next = (axis + 1) % 3;
			const low = split >= (box[2 * axis] ?? 0) - rounding;
			const high = split <= (box[2 * axis + 1] ?? 0) + rounding;
			if (low) visit(from, middle, next);
			if (low && high) see(this.#ids[middle] ?? 0);
			if (high) visit(middle + 1, to, next);
		};
		visit(0, this.#ids.length, 0);
	}
}

interface Stretch {
	readonly from: number;
	readonly to: number;
	readonly axis: number;
}

function arrange(
	ids: Uint32Array,
	axes: readonly Float32Array[],
	{ from, to, axis }: Stretch,
): void {
	if (to - from <= leaf) return;
	const middle = (from + to) >>> 1;
	const keys = axes[axis];
	if (keys !== undefined) select(ids, keys, { from, to, middle });
	const next = (axis + 1) % 3;
	arrange(ids, axes, { from, to: middle, axis: next });
	arrange(ids, axes, { from: middle + 1, to, axis: next });
}

/** Puts what belongs in the middle there, what is less before it, and what is more behind it (Hoare's quickselect). */
function select(
	ids: Uint32Array,
	keys: Float32Array,
	{ from, to, middle }: { from: number; to: number; middle: number },
): void {
	const key = (at: number): number => keys[ids[at] ?? 0] ?? 0;
	let low = from;
	let high = to - 1;
	while (low < high) {
		const pivot = key((low + high) >>> 1);
		let i = low;
		let j = high;
		while (i <= j) {
			while (key(i) < pivot) i++;
			while (key(j) > pivot) j--;
			if (i > j) break;
			const id = ids[i] ?? 0;
			ids[i++] = ids[j] ?? 0;
			ids[j--] = id;
		}
		if (middle <= j) high = j;
		else if (middle >= i) low = i;
		else return;
	}
}

function sine(degrees: number): number {
	return Math.sin(degrees * radians);
}

function cosine(degrees: number): number {
	return Math.cos(degrees * radians);
}
