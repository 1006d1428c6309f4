/** Entries in one leaf of the tree. */
const LEAF = 16;

/** Steps of latitude by which entries are ordered; finer than this their order does not matter. */
const MOST_STEPS = 1 << 16;

/**
 * Finds which of many spans of latitude hold a parallel: a tree of bounds over the spans, ordered by their southern end.
 * Memory for twelve octets a span; a search costs the logarithm of their number and what it finds.
 */
export class Latitudes {
	readonly #south: Float64Array;
	readonly #north: Float64Array;
	readonly #order: Uint32Array;
	/** Least south and greatest north of each node; node 1 is the root, the leaves are the last half. */
	readonly #least: Float64Array;
	readonly #greatest: Float64Array;
	readonly #leaves: number;

	/** @param south,north the ends of each span, degrees; kept, not copied */
	constructor(south: Float64Array, north: Float64Array) {
		this.#south = south;
		this.#north = north;
		this.#order = orderOf(south);
		this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(south.length / LEAF, 1)));
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
			if ((this.#south[span] ?? 0) <= high && (this.#north[span] ?? 0) >= low)
				found.push(span);
		}
	}

	#bound(): void {
		const { length } = this.#order;
		for (let at = 0; at < length; at++) {
			const span = this.#order[at] ?? 0;
			const leaf = this.#leaves + Math.floor(at / LEAF);
			this.#widen(leaf, this.#south[span] ?? 0, this.#north[span] ?? 0);
		}
		for (let node = 2 * this.#leaves - 1; node > 1; node--)
			this.#widen(node >> 1, this.#least[node] ?? 0, this.#greatest[node] ?? 0);
	}

	#widen(node: number, south: number, north: number): void {
		if (south < (this.#least[node] ?? 0)) this.#least[node] = south;
		if (north > (this.#greatest[node] ?? 0)) this.#greatest[node] = north;
	}
}

/** A counting sort by steps of latitude: a million spans are ordered in milliseconds, ten without making a table. */
function orderOf(south: Float64Array): Uint32Array {
	const steps = Math.min(MOST_STEPS, 4 * south.length + 1);
	let least = Infinity;
	let most = -Infinity;
	for (const latitude of south) {
		if (latitude < least) least = latitude;
		if (latitude > most) most = latitude;
	}
	const scale = most > least ? (steps - 1) / (most - least) : 0;
	const stepOf = (latitude: number): number =>
		Math.floor((latitude - least) * scale);
	const starts = new Uint32Array(steps + 1);
	for (const latitude of south)
		starts[stepOf(latitude) + 1] = (starts[stepOf(latitude) + 1] ?? 0) + 1;
	for (let step = 0; step < steps; step++)
		starts[step + 1] = (starts[step + 1] ?? 0) + (starts[step] ?? 0);
	const order = new Uint32Array(south.length);
	for (let span = 0; span < south.length; span++) {
		const step = stepOf(south[span] ?? 0);
		const place = starts[step] ?? 0;
		order[place] = span;
		starts[step] = place + 1;
	}
	return order;
}
