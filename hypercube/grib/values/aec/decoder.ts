import { BitReader } from "../bits.ts";

/** How the samples were coded: CCSDS 121.0-B, as GRIB 2 template 5.42 says it in octets 20 and 22 to 25. */
export interface AecParameters {
	/** Bits of a sample, 1 to 32. */
	readonly bits: number;
	/** Samples of a block: 8, 16, 32, 64 (any even number is read). */
	readonly block: number;
	/** Blocks between two restarts (reference sample interval), 1 to 4096. */
	readonly interval: number;
	/** Flags as libaec has them. */
	readonly flags: number;
}

const signed = 1;
const preprocessed = 8;
const restricted = 16;
const padded = 32;

/** A run of zero blocks coded as this number goes to the end of the segment. */
const restOfSegment = 5;
const segmentBlocks = 64;

/** For each code of the second extension: the sum of a pair of samples, and the second of them. */
const pairs = secondExtension();

function secondExtension() {
	const sum: number[] = [];
	const second: number[] = [];
	for (let i = 0; i <= 12; i++)
		for (let j = 0; j <= i; j++) {
			sum.push(i);
			second.push(j);
		}
	return { sum: Uint8Array.from(sum), second: Uint8Array.from(second) };
}

/** Octets that no encoder writes. */
export class BrokenCode extends Error {
	override readonly name = "BrokenCode";
}

/**
 * Decodes samples of adaptive entropy coding, one restart interval at a time: within one each sample needs those before
 * it, between two nothing does. Results are in `samples` until the next interval.
 */
export class AecDecoder {
	/** Of one interval: mapped differences while it is read, then the samples. */
	readonly samples: Uint32Array;
	readonly #bits = new BitReader();
	readonly #parameters: AecParameters;
	readonly #idLength: number;

	/** @throws BrokenCode for parameters that the standard does not know */
	constructor(parameters: AecParameters) {
		const { bits, block, interval, flags } = parameters;
		if (bits < 1 || bits > 32) throw new BrokenCode(`${bits} bits a sample`);
		if (block < 2 || block > 64 || block % 2 !== 0)
			throw new BrokenCode(`blocks of ${block} samples`);
		if (interval < 1 || interval > 4096)
			throw new BrokenCode(`intervals of ${interval} blocks`);
		if ((flags & restricted) !== 0 && bits > 4)
			throw new BrokenCode(`the restricted set of codes for ${bits} bits`);
		this.#parameters = parameters;
		this.#idLength = idLength(bits, (flags & restricted) !== 0);
		this.samples = new Uint32Array(block * interval);
	}

	/** Takes other octets; an interval begins at their `bit`-th bit. */
	load(bytes: Uint8Array, bit: number): void {
		this.#bits.load(bytes, bit);
	}

	/** Where the next interval begins, in bits of the octets; beyond their end when they do not hold one. */
	get bit(): number {
		return this.#bits.bit;
	}

	/** Decodes the first `count` samples; false when the octets end before. */
	decode(count: number): boolean {
		if (!this.#parse(count, true)) return false;
		this.#restore(count);
		return true;
	}

	/** Passes over an interval of `count` samples; false when the octets end before it does. */
	skip(count: number): boolean {
		return this.#parse(count, false);
	}

	/** Goes to where the next interval begins, behind a whole one. */
	finish(): void {
		if ((this.#parameters.flags & padded) !== 0) this.#bits.align();
	}

	#parse(count: number, keep: boolean): boolean {
		const bits = this.#bits;
		const { block, flags } = this.#parameters;
		const reference = (flags & preprocessed) !== 0 ? 1 : 0;
		for (let at = 0; at < count && bits.bit < bits.end; ) {
			at = this.#block(at, at === 0 ? reference : 0, keep);
			if (bits.over) return false;
			if (at >= count) return true;
			if (at % block !== 0) throw new BrokenCode("a block ends within another");
		}
		return false;
	}

	/** One block, or a run of zero blocks, from sample `at` on; answers the sample behind. */
	#block(at: number, reference: number, keep: boolean): number {
		const bits = this.#bits;
		const { block, bits: width } = this.#parameters;
		const id = bits.take(this.#idLength);
		const end = at + block;
		if (id === 2 ** this.#idLength - 1) {
			if (!keep) bits.bit += block * width;
			else for (let i = at; i < end; i++) this.samples[i] = bits.take(width);
			return end;
		}
		if (id === 0) return this.#lowEntropy(at, reference, keep);
		if (reference === 1) this.samples[at] = bits.take(width);
		const split = id - 1;
		if (keep) bits.splitSamples(this.samples, at + reference, end, split);
		else {
			bits.skipOnes(block - reference);
			bits.bit += split * (block - reference);
		}
		return end;
	}

	#lowEntropy(at: number, reference: number, keep: boolean): number {
		const bits = this.#bits;
		const { block, bits: width } = this.#parameters;
		const second = bits.take(1) === 1;
		if (reference === 1) this.samples[at] = bits.take(width);
		if (!second) return this.#zeroBlocks(at, reference, keep);
		if (keep) this.#secondExtension(at, reference);
		else bits.skipOnes(block / 2);
		return at + block;
	}

	#zeroBlocks(at: number, reference: number, keep: boolean): number {
		const { block, interval } = this.#parameters;
		const code = this.#bits.zeros() + 1;
		if (this.#bits.over) return at;
		const before = at / block;
		let run = code > restOfSegment ? code - 1 : code;
		if (code === restOfSegment)
			run = Math.min(
				interval - before,
				segmentBlocks - (before % segmentBlocks),
			);
		if (before + run > interval)
			throw new BrokenCode(`${run} zero blocks at block ${before}`);
		const end = at + run * block;
		if (keep) this.samples.fill(0, at + reference, end);
		return end;
	}

	/** Pairs of samples with one code each; of the first pair of an interval the reference takes the first's place. */
	#secondExtension(at: number, reference: number): void {
		const bits = this.#bits;
		const end = at + this.#parameters.block;
		for (let i = at; i < end; i += 2) {
			const code = bits.zeros();
			if (bits.over) return;
			const sum = pairs.sum[code];
			const second = pairs.second[code];
			if (sum === undefined || second === undefined)
				throw new BrokenCode(`code ${code} of the second extension`);
			if (i > at || reference === 0) this.samples[i] = sum - second;
			this.samples[i + 1] = second;
		}
	}

	/** Turns mapped differences into samples: predictor and mapper of the standard's section 4, backwards. */
	#restore(count: number): void {
		const { bits, flags } = this.#parameters;
		if ((flags & preprocessed) === 0) return;
		if ((flags & signed) !== 0) restoreSigned(this.samples, count, bits);
		else if (bits <= 30) restoreNarrow(this.samples, count, bits);
		else restoreWide(this.samples, count, bits);
	}
}

function idLength(bits: number, few: boolean): number {
	if (few) return bits <= 2 ? 1 : 2;
	if (bits > 16) return 5;
	return bits > 8 ? 4 : 3;
}

/** Unsigned samples that fit small integers. */
function restoreNarrow(
	samples: Uint32Array,
	count: number,
	bits: number,
): void {
	const most = 2 ** bits - 1;
	const middle = 2 ** (bits - 1);
	let value = (samples[0] ?? 0) | 0;
	for (let i = 1; i < count; i++) {
		const mapped = (samples[i] ?? 0) | 0;
		if (mapped >>> 0 > most) throw new BrokenCode("a difference too large");
		const room = value < middle ? value : most - value;
		if ((mapped + 1) >>> 1 <= room) value += (mapped >>> 1) ^ -(mapped & 1);
		else value = value < middle ? mapped : most - mapped;
		samples[i] = value;
	}
}

/** The same in doubles. */
function restoreWide(samples: Uint32Array, count: number, bits: number): void {
	const most = 2 ** bits - 1;
	const middle = 2 ** (bits - 1);
	let value = samples[0] ?? 0;
	for (let i = 1; i < count; i++) {
		const mapped = samples[i] ?? 0;
		if (mapped > most) throw new BrokenCode("a difference too large");
		const half = Math.ceil(mapped / 2);
		const room = value < middle ? value : most - value;
		if (half <= room) value += mapped % 2 === 0 ? half : -half;
		else value = value < middle ? mapped : most - mapped;
		samples[i] = value;
	}
}

/** Two's complement: the results are as many octets as hold the bits, sign included, read as unsigned. */
function restoreSigned(
	samples: Uint32Array,
	count: number,
	bits: number,
): void {
	const most = 2 ** (bits - 1) - 1;
	const container = bits > 16 ? 2 ** 32 : bits > 8 ? 2 ** 16 : 2 ** 8;
	let value = samples[0] ?? 0;
	if (value > most) value -= 2 ** bits;
	samples[0] = value < 0 ? value + container : value;
	for (let i = 1; i < count; i++) {
		const mapped = samples[i] ?? 0;
		const half = Math.ceil(mapped / 2);
		const room = value < 0 ? most + value + 1 : most - value;
		if (half <= room) value += mapped % 2 === 0 ? half : -half;
		else value = value < 0 ? mapped - most - 1 : most - mapped;
		samples[i] = value < 0 ? value + container : value;
	}
}
