import type { BitReader } from "../bits.ts";

/** The next number of up to 53 bits: differences of wide numbers are wider than a word. */
export function wide(bits: BitReader, width: number): number {
	if (width <= 32) return width === 0 ? 0 : bits.take(width);
	const high = bits.take(width - 32);
	return high * 2 ** 32 + bits.take(32);
}
