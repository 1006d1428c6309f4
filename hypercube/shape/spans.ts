/** Entries in one leaf of the tree. */
const LEAF = 16;

/** Steps by which spans are ordered; finer than this their order does not matter. */
const MOST_STEPS = 1 << 16;

/**
 * Finds which of many spans (of latitude, mostly) hold a value: a tree of bounds over the spans, ordered by their lower
 * end. Memory for some octets a span; a search costs the logarithm of their number and what it finds.
 */
export class Spans {
	readonly #low: Float64Array;
	readonly #high: Float64Array;
	readonly #order: Uint32Array;
	/** Least and greatest value in each node; node 1 is the root, the leaves are the last half. */
	readonly #least: Float64Array;
	readonly #greatest: Float64Array;
	readonly #leaves: number;

	/** @param low,high the ends of each span; kept, not copied */
	constructor(low: Float64Array, high: Float64Array) {
		this.#low = low;
		this.#high = high;
		this.#order = orderOf(low);
		this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(low.length / LEAF, 1)));
		this.#least = new Float64Array(2 * this.#leaves).fill(Infinity);
		this.#greatest = new Float64Array(2 * this.#leaves).fill(-Infinity);
		this.#bound();
	}

	/** Adds to `found` the number of each span that has something in common with the one from `low` to `high`. */
	search(low: number, high: number, found: number[]): void {
		this.#visit(1, low, high, found);
	}

	#visit(node: number, low: number, high: number, found: number[]): void {
		if ((this.#least[node] ?? 0) > high || (this.#greatest[node] ?? 0) < low)
			return;
		if (node < this.#leaves) {
			this.#visit(2 * node, low, high, found);
			this.#visit(2 * node + 1, low, high, found);
			return;
		}
		const from = (node - this.#leaves) * LEAF;
		const to = Math.min(from + LEAF, this.#order.length);
		for (let at = from; at < to; at++) {
			const span = this.#order[at] ?? 0;
			if ((this.#low[span] ?? 0) <= high && (this.#high[span] ?? 0) >= low)
				found.push(span);
		}
	}

	#bound(): void {
		const { length } = this.#order;
		for (let at = 0; at < length; at++) {
			const span = this.#order[at] ?? 0;
			const leaf = this.#leaves + Math.floor(at / LEAF);
			this.#widen(leaf, this.#low[span] ?? 0, this.#high[span] ?? 0);
		}
		for (let node = 2 * this.#leaves - 1; node > 1; node--)
			this.#widen(node >> 1, this.#least[node] ?? 0, this.#greatest[node] ?? 0);
	}

	#widen(node: number, low: number, high: number): void {
		if (low < (this.#least[node] ?? 0)) this.#least[node] = low;
		if (high > (this.#greatest[node] ?? 0)) this.#greatest[node] = high;
	}
}

/** A counting sort by steps of the value: a million spans are ordered in milliseconds, ten without making a table. */
function orderOf(low: Float64Array): Uint32Array {
	const steps = Math.min(MOST_STEPS, 4 * low.length + 1);
	let least = Infinity;
	let most = -Infinity;
	for (const value of low) {
		if (value < least) least = value;
		if (value > most) most = value;
	}
	const scale = most > least ? (steps - 1) / (most - least) : 0;
	const stepOf = (value: number): number => Math.floor((value - least) * scale);
	const starts = new Uint32Array(steps + 1);
	for (const value of low)
		starts[stepOf(value) + 1] = (starts[stepOf(value) + 1] ?? 0) + 1;
	for (let step = 0; step < steps; step++)
		starts[step + 1] = (starts[step + 1] ?? 0) + (starts[step] ?? 0);
	const order = new Uint32Array(low.length);
	for (let span = 0; span < low.length; span++) {
		const step = stepOf(low[span] ?? 0);
		const place = starts[step] ?? 0;
		order[place] = span;
		starts[step] = place + 1;
	}
	return order;
}
