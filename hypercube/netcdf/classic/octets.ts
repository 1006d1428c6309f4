import { endianness } from "node:os";
import type { Values } from "../../zarr/format/array.ts";
import { type NumberType, octetsOf } from "../../zarr/format/types.ts";
import type { codes } from "./types.ts";

/** Types of numbers that the classic format has. */
export type StoredType = Exclude<keyof typeof codes, "char"> & NumberType;

const little = endianness() === "LE";

/** Numbers of the classic format, the highest octet first, as the engine's own; a copy. */
export function valuesOf(bytes: Uint8Array, type: StoredType): Values {
	const copy = Buffer.from(new Uint8Array(bytes).buffer);
	const octets = octetsOf[type];
	if (little && octets === 2) copy.swap16();
	if (little && octets === 4) copy.swap32();
	if (little && octets === 8) copy.swap64();
	return new arrays[type](copy.buffer);
}

const arrays = {
	int8: Int8Array,
	uint8: Uint8Array,
	int16: Int16Array,
	uint16: Uint16Array,
	int32: Int32Array,
	uint32: Uint32Array,
	int64: BigInt64Array,
	uint64: BigUint64Array,
	float32: Float32Array,
	float64: Float64Array,
} as const;
