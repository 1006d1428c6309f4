import type { Ranges } from "./ranges.ts";

/** A set of indices, one bit each: for grids whose neighbours are far apart in the message. */
export class Marks {
	readonly #words: Uint32Array;

	constructor(size: number) {
		this.#words = new Uint32Array(Math.ceil(size / 32));
	}

	add(index: number): void {
		const word = index >>> 5;
		this.#words[word] = (this.#words[word] ?? 0) | (1 << (index & 31));
	}

	ranges(): Ranges {
		const ranges: number[] = [];
		let end = -1;
		this.#words.forEach((bits, word) => {
			for (let rest = bits; rest !== 0; rest &= rest - 1) {
				const index = word * 32 + 31 - Math.clz32(rest & -rest);
				if (index === end) ranges[ranges.length - 1] = index + 1;
				else ranges.push(index, index + 1);
				end = index + 1;
			}
		});
		return Uint32Array.from(ranges);
	}
}
