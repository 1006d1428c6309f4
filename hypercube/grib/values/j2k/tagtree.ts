interface Level {
	readonly columns: number;
	readonly values: Uint32Array;
	/** Whether the value is known, not only a bound of it. */
	readonly known: Uint8Array;
}

/**
 * A tag tree (annex B.10.2): numbers of a rectangle of code-blocks, told bit by bit as far as is asked; each node is the
 * least of the four below it.
 */
export class TagTree {
	/** From the leaves to the root. */
	readonly #levels: Level[] = [];

	constructor(columns: number, rows: number) {
		let [wide, high] = [columns, rows];
		for (;;) {
			const count = wide * high;
			this.#levels.push({
				columns: wide,
				values: new Uint32Array(count),
				known: new Uint8Array(count),
			});
			if (count <= 1) break;
			wide = Math.ceil(wide / 2);
			high = Math.ceil(high / 2);
		}
	}

	/** Reads on until the number of a leaf is known, or known not to be less than `limit`: then `limit`. */
	read(column: number, row: number, limit: number, bit: () => number): number {
		let least = 0;
		for (let level = this.#levels.length - 1; level >= 0; level--) {
			const { columns, values, known } = this.#levels[level] ?? noLevel;
			const at = (row >> level) * columns + (column >> level);
			let value = Math.max(values[at] ?? 0, least);
			while (known[at] === 0 && value < limit) {
				if (bit() === 1) known[at] = 1;
				else value += 1;
			}
			values[at] = value;
			least = value;
		}
		return Math.min(least, limit);
	}
}

const noLevel: Level = {
	columns: 0,
	values: new Uint32Array(),
	known: new Uint8Array(),
};
