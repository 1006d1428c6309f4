import type { Band, CodeBlock, Resolution } from "./bands.ts";
import { Broken, type Codestream } from "./codestream.ts";

/** Reads bits of packet headers: after an octet of ones the next has a bit less (annex B.10.1). */
class HeaderBits {
	at: number;
	readonly #octets: Uint8Array;
	#left = 0;
	#octet = 0;

	constructor(octets: Uint8Array, at: number) {
		this.#octets = octets;
		this.at = at;
	}

	readonly bit = (): number => {
		if (this.#left === 0) {
			if (this.at >= this.#octets.length)
				throw new Broken("its image ends within the head of a packet");
			this.#left = this.#octet === 0xff ? 7 : 8;
			this.#octet = this.#octets[this.at++] ?? 0;
		}
		this.#left -= 1;
		return (this.#octet >> this.#left) & 1;
	};

	number(bits: number): number {
		let value = 0;
		for (let i = 0; i < bits; i++) value = 2 * value + this.bit();
		return value;
	}

	/** To the octet that follows. */
	end(): void {
		if (this.#octet === 0xff) this.at += 1;
	}
}

/** Gives code-blocks their octets (annex B.9 to B.12): a packet for each resolution, which is one precinct. */
export function readPackets(
	{ packets }: Codestream,
	resolutions: readonly Resolution[],
): void {
	let at = 0;
	for (const { bands } of resolutions) at = readPacket(packets, bands, at);
}

/** @returns where the next packet begins */
function readPacket(
	packets: Uint8Array,
	bands: readonly Band[],
	at: number,
): number {
	const bits = new HeaderBits(packets, at);
	const told: { block: CodeBlock; length: number }[] = [];
	if (bits.bit() === 1)
		for (const band of bands)
			for (const [number, block] of band.blocks.entries())
				if (isIncluded(band, { number, block }, bits))
					told.push({ block, length: readLength(block, bits) });
	bits.end();
	let from = bits.at;
	for (const { block, length } of told) {
		if (from + length > packets.length)
			throw new Broken("its image ends within a packet");
		block.octets = packets.subarray(from, from + length);
		from += length;
	}
	return from;
}

function isIncluded(
	band: Band,
	{ number, block }: { number: number; block: CodeBlock },
	bits: HeaderBits,
): boolean {
	const column = number % band.columns;
	const row = Math.floor(number / band.columns);
	if (band.inclusion.read(column, row, 1, bits.bit) > 0) return false;
	const zeros = band.zeroPlanes.read(column, row, 64, bits.bit);
	if (zeros > band.planes)
		throw new Broken(`${zeros} bit planes of ${band.planes} are zero`);
	block.planes = band.planes - zeros;
	return true;
}

/** How many passes follow, and their octets. */
function readLength(block: CodeBlock, bits: HeaderBits): number {
	block.passes = readPasses(bits);
	if (block.passes > Math.max(0, 3 * block.planes - 2))
		throw new Broken(`${block.passes} passes over ${block.planes} bit planes`);
	let wide = 3 + Math.floor(Math.log2(block.passes));
	while (bits.bit() === 1) wide += 1;
	if (wide > 32) throw new Broken(`lengths of ${wide} bits in a packet`);
	return bits.number(wide);
}

/** Annex B.10.6. */
function readPasses(bits: HeaderBits): number {
	if (bits.bit() === 0) return 1;
	if (bits.bit() === 0) return 2;
	const few = bits.number(2);
	if (few < 3) return 3 + few;
	const more = bits.number(5);
	return more < 31 ? 6 + more : 37 + bits.number(7);
}
