/** Words of zeros behind the octets: what is read past the end before it is noticed, at most one block of 64 samples. */
const slack = 72;

/** Octets as words of 32 bits, to be read from any bit on. What lies behind the end reads zero. */
export class BitReader {
	/** The next bit to be read. */
	bit = 0;
	/** Where the octets end. */
	end = 0;
	#words = new Int32Array(slack);

	/** Takes other octets, at most 256 MiB; the next bit is their `bit`-th. */
	load(bytes: Uint8Array, bit: number): void {
		const count = (bytes.length >> 2) + 1;
		if (this.#words.length < count + slack)
			this.#words = new Int32Array(count + slack);
		const words = this.#words;
		for (let i = 0, at = 0; i < count; i++, at += 4)
			words[i] =
				((bytes[at] ?? 0) << 24) |
				((bytes[at + 1] ?? 0) << 16) |
				((bytes[at + 2] ?? 0) << 8) |
				(bytes[at + 3] ?? 0);
		words.fill(0, count, count + slack);
		this.bit = bit;
		this.end = bytes.length * 8;
	}

	/** Whether more was read than there is. */
	get over(): boolean {
		return this.bit > this.end;
	}

	/** The next `count` bits, 1 to 32, as an unsigned number. */
	take(count: number): number {
		const words = this.#words;
		const at = this.bit >>> 5;
		const inner = this.bit & 31;
		const top =
			((words[at] ?? 0) << inner) |
			(((words[at + 1] ?? 0) >>> 1) >>> (31 - inner));
		this.bit += count;
		return top >>> (32 - count);
	}

	/** The next numbers of the same width, 0 to 32 bits, one after the other. */
	fill(out: Uint32Array, width: number): void {
		if (width > 0)
			for (let i = 0; i < out.length; i++) out[i] = this.take(width);
	}

	/** Goes on at the next octet that begins. */
	align(): void {
		this.bit = Math.ceil(this.bit / 8) * 8;
	}

	/** A fundamental sequence: how many zeros stand before the next one. */
	zeros(): number {
		const words = this.#words;
		const start = this.bit;
		let at = start >>> 5;
		let word = (words[at] ?? 0) & (-1 >>> (start & 31));
		const last = (this.end >>> 5) + 1;
		while (word === 0 && at < last) word = words[++at] ?? 0;
		this.bit = at * 32 + Math.clz32(word) + 1;
		return this.bit - start - 1;
	}

	/** Passes over so many fundamental sequences: to behind as many ones. */
	skipOnes(count: number): void {
		const words = this.#words;
		let at = this.bit >>> 5;
		let word = (words[at] ?? 0) & (-1 >>> (this.bit & 31));
		const last = (this.end >>> 5) + 1;
		let left = count;
		for (let ones = popcount(word); ones < left; ones = popcount(word)) {
			if (at >= last) {
				this.bit = this.end + 1;
				return;
			}
			left -= ones;
			word = words[++at] ?? 0;
		}
		for (; left > 1; left--) word &= ~(0x80000000 >>> Math.clz32(word));
		this.bit = at * 32 + Math.clz32(word) + 1;
	}

	/** Samples of a block with split-off bits: first all fundamental sequences, then `split` low bits of each. */
	splitSamples(
		out: Uint32Array,
		from: number,
		to: number,
		split: number,
	): void {
		const words = this.#words;
		let bit = this.bit;
		for (let i = from; i < to; i++) {
			const at = bit >>> 5;
			const inner = bit & 31;
			const top =
				((words[at] ?? 0) << inner) |
				(((words[at + 1] ?? 0) >>> 1) >>> (31 - inner));
			let zeros = Math.clz32(top);
			if (zeros === 32) {
				this.bit = bit;
				zeros = this.zeros();
				if (this.over) return;
			}
			bit += zeros + 1;
			out[i] = zeros << split;
		}
		if (split > 0) {
			const rest = 32 - split;
			for (let i = from; i < to; i++) {
				const at = bit >>> 5;
				const inner = bit & 31;
				const top =
					((words[at] ?? 0) << inner) |
					(((words[at + 1] ?? 0) >>> 1) >>> (31 - inner));
				out[i] = (out[i] ?? 0) | (top >>> rest);
				bit += split;
			}
		}
		this.bit = bit;
	}
}

function popcount(word: number): number {
	const pairs = word - ((word >>> 1) & 0x55555555);
	const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
	return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
