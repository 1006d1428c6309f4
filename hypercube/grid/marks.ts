import type { Ranges } from "./ranges.ts";

/** Bits of a page, and words. */
const pageBits = 1 << 16;
const pageWords = pageBits / 32;

/**
 * A set of indices, one bit each: for grids whose neighbours are far apart in the message. Memory goes by the pages that
 * are touched, not by what a message says of its size.
 */
export class Marks {
	readonly #pages = new Map<number, Uint32Array>();

	add(index: number): void {
		const number = Math.floor(index / pageBits);
		let page = this.#pages.get(number);
		if (page === undefined) {
			page = new Uint32Array(pageWords);
			this.#pages.set(number, page);
		}
		const word = (index % pageBits) >>> 5;
		page[word] = (page[word] ?? 0) | (1 << (index & 31));
	}

	ranges(): Ranges {
		const ranges: number[] = [];
		let end = -1;
		for (const number of [...this.#pages.keys()].sort((a, b) => a - b))
			this.#pages.get(number)?.forEach((bits, word) => {
				const first = number * pageBits + word * 32;
				for (let rest = bits; rest !== 0; rest &= rest - 1) {
					const index = first + 31 - Math.clz32(rest & -rest);
					if (index === end) ranges[ranges.length - 1] = index + 1;
					else ranges.push(index, index + 1);
					end = index + 1;
				}
			});
		return Uint32Array.from(ranges);
	}
}
