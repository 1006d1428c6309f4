import { endianness } from "node:os";

export type Numbers = Float64Array | Float32Array | Int32Array;

const little = endianness() === "LE";

/** The octets of numbers as the classic format has them, the highest first; a copy. */
export function swapped(values: Numbers): Buffer {
	const { buffer, byteOffset, byteLength } = values;
	const bytes = Buffer.from(buffer.slice(byteOffset, byteOffset + byteLength));
	if (!little) return bytes;
	return values.BYTES_PER_ELEMENT === 8 ? bytes.swap64() : bytes.swap32();
}
