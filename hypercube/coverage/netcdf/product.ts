import { setImmediate } from "node:timers/promises";
import type { Points } from "../../cube/coverage.ts";
import { coordinate } from "../numbers.ts";

/** Points that are all pairs of some latitudes and some longitudes, row by row. */
export interface Product {
	readonly latitudes: Float64Array;
	readonly longitudes: Float64Array;
	/** How many of each row come last, though the points have them first: the row begins beyond the seam. */
	readonly turn: number;
}

/** Points whose coordinates are looked at together. */
const slice = 65_536;

/**
 * The rows and columns of points that lie so, both strictly ascending or descending as coordinates of CF must; undefined
 * for all others, most of which their second row tells.
 */
export async function productOf(points: Points): Promise<Product | undefined> {
	const rows = new Rows();
	for (let from = 0; from < points.count; from += slice) {
		// There may be millions, and others who wait.
		if (from > 0) await setImmediate();
		const to = Math.min(points.count, from + slice);
		const { latitudes, longitudes } = points.slice(from, to);
		for (let at = 0; at < latitudes.length; at++) {
			const latitude = coordinate(latitudes[at] ?? Number.NaN);
			const longitude = coordinate(longitudes[at] ?? Number.NaN);
			if (!rows.add(latitude, longitude)) return undefined;
		}
	}
	return rows.product();
}

class Rows {
	readonly #latitudes: number[] = [];
	readonly #longitudes: number[] = [];
	/** Points of a row; 0: the first is not over. */
	#width = 0;
	#column = 0;

	/** Whether the next point still lies so. */
	add(latitude: number, longitude: number): boolean {
		const current = this.#latitudes.at(-1);
		if (this.#width === 0 && (current === undefined || current === latitude)) {
			if (current === undefined) this.#latitudes.push(latitude);
			this.#longitudes.push(longitude);
			return true;
		}
		if (this.#width === 0) this.#width = this.#longitudes.length;
		const begins = this.#column === 0;
		if (begins) this.#latitudes.push(latitude);
		const fits =
			longitude === this.#longitudes[this.#column] &&
			(begins || latitude === current);
		this.#column = (this.#column + 1) % this.#width;
		return fits;
	}

	product(): Product | undefined {
		if (this.#column !== 0) return undefined;
		if (![this.#latitudes, this.#longitudes].every(isMonotonic))
			return undefined;
		const turn = seamOf(this.#longitudes);
		const west = this.#longitudes
			.slice(turn)
			.map((one) => coordinate(one - 360));
		const east = this.#longitudes.slice(0, turn);
		return {
			latitudes: Float64Array.from(this.#latitudes),
			longitudes: Float64Array.from(
				turn === 0 ? this.#longitudes : [...west, ...east],
			),
			turn,
		};
	}
}

/**
 * The place of the first longitude after the widest gap, where that is wider than the one from the last to the first a turn
 * on: a box from 350 to 20 has the longitudes 0 to 20 and 350 to 359. 0: they follow each other as they are.
 */
function seamOf(longitudes: readonly number[]): number {
	const [first = 0] = longitudes;
	let widest = first + 360 - (longitudes.at(-1) ?? first);
	// A turn or more has no gap around it.
	if (widest <= 0) return 0;
	let seam = 0;
	for (const [at, one] of longitudes.entries()) {
		const gap = one - (longitudes[at - 1] ?? one);
		// Gaps that are the same but for their last digits are.
		if (gap <= widest + 1e-6) continue;
		widest = gap;
		seam = at;
	}
	return seam;
}

/** The values of rows, each turned. */
export async function* turned(
	slices: AsyncIterable<Float64Array>,
	width: number,
	turn: number,
): AsyncGenerator<Float64Array, void, undefined> {
	const row = new Float64Array(width);
	let have = 0;
	for await (const slice of slices) {
		const whole = Math.floor((have + slice.length) / width);
		const out = new Float64Array(whole * width);
		let done = 0;
		for (let at = 0; at < slice.length; ) {
			const part = slice.subarray(at, at + width - have);
			row.set(part, have);
			have += part.length;
			at += part.length;
			if (have < width) break;
			out.set(row.subarray(turn), done);
			out.set(row.subarray(0, turn), done + width - turn);
			done += width;
			have = 0;
		}
		yield out;
	}
}

/** Strictly ascending or descending, as CF wants it of coordinates. */
export function isMonotonic(numbers: readonly number[]): boolean {
	const [first = 0, second = 0] = numbers;
	const turn = Math.sign(second - first);
	return numbers.every((one, at) => {
		const before = numbers[at - 1];
		return before === undefined || (one - before) * turn > 0;
	});
}
