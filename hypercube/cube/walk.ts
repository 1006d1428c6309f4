import type { Runs, Sequence } from "../grid/northward.ts";
import type { Ranges } from "../grid/ranges.ts";

/** Some points, in the order in which an answer has them; and how to read them, which is by ascending index. */
export class Walk {
	/** Points. */
	readonly count: number;
	readonly #sequence: Sequence;

	constructor(sequence: Sequence) {
		this.count = sequence.count;
		this.#sequence = sequence;
	}

	/** The `from`-th to the `to`-th (excluded) of the points. */
	slice(from: number, to: number): Stretch {
		return new Stretch(this.#sequence.slice(from, to));
	}
}

/** A part of a walk. */
export class Stretch {
	/** Its points by ascending index. */
	readonly ranges: Ranges;
	readonly #runs: Runs;
	/** Runs by ascending index; undefined where they are in that order anyway. */
	readonly #order: Uint32Array | undefined;

	constructor(runs: Runs) {
		this.#runs = runs;
		this.#order = ascending(runs);
		const ranges: number[] = [];
		for (let nth = 0; nth < runs.length / 2; nth++) {
			const run = this.#order?.[nth] ?? nth;
			const start = runs[2 * run] ?? 0;
			const end = runs[2 * run + 1] ?? 0;
			if (ranges.at(-1) === start) ranges[ranges.length - 1] = end;
			else ranges.push(start, end);
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
		return (this.#runs[2 * run + 1] ?? 0) - (this.#runs[2 * run] ?? 0);
	}
}

/** The places of runs, that with the least index first; undefined where they ascend. */
function ascending(runs: Runs): Uint32Array | undefined {
	const count = runs.length / 2;
	let sorted = true;
	for (let run = 1; run < count && sorted; run++)
		sorted = (runs[2 * run - 2] ?? 0) < (runs[2 * run] ?? 0);
	if (sorted) return undefined;
	// A start and its place in one double: both are whole, and their product stays below 2⁵³.
	const places = 2 ** Math.ceil(Math.log2(count));
	const keys = new Float64Array(count);
	for (let run = 0; run < count; run++)
		keys[run] = (runs[2 * run] ?? 0) * places + run;
	keys.sort();
	const order = new Uint32Array(count);
	for (let at = 0; at < count; at++) {
		const key = keys[at] ?? 0;
		order[at] = key - Math.floor(key / places) * places;
	}
	return order;
}
