import type { Runs } from "../grid/northward.ts";
import type { Ranges } from "../grid/ranges.ts";

/** Some points, in the order in which an answer has them; and how to read them, which is by ascending index. */
export class Walk {
	/** Points. */
	readonly count: number;
	readonly #runs: Runs;
	/** How many points come before each run. */
	readonly #before: Uint32Array;

	constructor(runs: Runs) {
		this.#runs = runs;
		this.#before = new Uint32Array(runs.length / 2);
		let count = 0;
		for (let run = 0; run < this.#before.length; run++) {
			this.#before[run] = count;
			count += (runs[2 * run + 1] ?? 0) - (runs[2 * run] ?? 0);
		}
		this.count = count;
	}

	/** The `from`-th to the `to`-th (excluded) of the points. */
	slice(from: number, to: number): Stretch {
		const starts: number[] = [];
		const ends: number[] = [];
		for (let run = this.#runAt(from); run < this.#before.length; run++) {
			const before = this.#before[run] ?? 0;
			if (before >= to) break;
			const start = this.#runs[2 * run] ?? 0;
			const end = this.#runs[2 * run + 1] ?? 0;
			starts.push(start + Math.max(0, from - before));
			ends.push(Math.min(end, start + to - before));
		}
		return new Stretch(starts, ends);
	}

	/** The last run that does not begin after the place. */
	#runAt(place: number): number {
		let low = 0;
		let high = this.#before.length;
		while (high - low > 1) {
			const middle = (low + high) >>> 1;
			if ((this.#before[middle] ?? 0) <= place) low = middle;
			else high = middle;
		}
		return low;
	}
}

/** A part of a walk. */
export class Stretch {
	/** Its points by ascending index. */
	readonly ranges: Ranges;
	readonly #starts: readonly number[];
	readonly #ends: readonly number[];
	/** Runs by ascending index; undefined where they are in that order anyway. */
	readonly #order: Uint32Array | undefined;

	constructor(starts: readonly number[], ends: readonly number[]) {
		this.#starts = starts;
		this.#ends = ends;
		this.#order = ascending(starts);
		const ranges: number[] = [];
		for (let nth = 0; nth < starts.length; nth++) {
			const run = this.#order?.[nth] ?? nth;
			const start = starts[run] ?? 0;
			if (ranges.at(-1) === start) ranges[ranges.length - 1] = ends[run] ?? 0;
			else ranges.push(start, ends[run] ?? 0);
		}
		this.ranges = Uint32Array.from(ranges);
	}

	/** Numbers that belong to the ranges, in the order of the walk. */
	inOrder(numbers: Float64Array): Float64Array {
		const order = this.#order;
		if (order === undefined) return numbers;
		const places = new Uint32Array(order.length);
		let place = 0;
		for (const run of order) {
			places[run] = place;
			place += this.#length(run);
		}
		const out = new Float64Array(numbers.length);
		let at = 0;
		for (let run = 0; run < places.length; run++) {
			const from = places[run] ?? 0;
			const length = this.#length(run);
			if (length === 1) out[at] = numbers[from] ?? Number.NaN;
			else out.set(numbers.subarray(from, from + length), at);
			at += length;
		}
		return out;
	}

	#length(run: number): number {
		return (this.#ends[run] ?? 0) - (this.#starts[run] ?? 0);
	}
}

/** The places of numbers that are all different, the least first; undefined where they ascend. */
function ascending(numbers: readonly number[]): Uint32Array | undefined {
	if (
		numbers.every((number, at) => at === 0 || (numbers[at - 1] ?? 0) < number)
	)
		return undefined;
	// A number and its place in one double: both are whole, and their product stays below 2⁵³.
	const places = 2 ** Math.ceil(Math.log2(numbers.length));
	const keys = new Float64Array(numbers.length);
	for (let at = 0; at < keys.length; at++)
		keys[at] = (numbers[at] ?? 0) * places + at;
	keys.sort();
	const order = new Uint32Array(keys.length);
	for (let at = 0; at < keys.length; at++) {
		const key = keys[at] ?? 0;
		order[at] = key - Math.floor(key / places) * places;
	}
	return order;
}
