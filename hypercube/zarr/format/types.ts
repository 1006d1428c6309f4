import { z } from "zod";

/** Octets of a value of each type that is read. */
export const octetsOf = {
	bool: 1,
	int8: 1,
	uint8: 1,
	int16: 2,
	uint16: 2,
	int32: 4,
	uint32: 4,
	int64: 8,
	uint64: 8,
	float16: 2,
	float32: 4,
	float64: 8,
} as const;

export type NumberType = keyof typeof octetsOf;

export const numberType = z.enum(
	Object.keys(octetsOf) as [NumberType, ...NumberType[]],
);

const v2Types: Readonly<Record<string, NumberType>> = {
	b1: "bool",
	i1: "int8",
	u1: "uint8",
	i2: "int16",
	u2: "uint16",
	i4: "int32",
	u4: "uint32",
	i8: "int64",
	u8: "uint64",
	f2: "float16",
	f4: "float32",
	f8: "float64",
};

/** The type that NumPy writes `<f4`, `|u1`; undefined for text, times and records. */
export const v2TypeOf = (text: string): NumberType | undefined =>
	/^[<>|]/.test(text) ? v2Types[text.slice(1)] : undefined;

/**
 * A number as the metadata of Zarr write one: plain, `"NaN"`, `"-Infinity"`, or the bits of a float in hexadecimal
 * (Zarr v3, section "Fill value list"). Undefined for all else.
 */
export function scalarOf(value: unknown, type: NumberType): number | undefined {
	if (typeof value === "number") return value;
	if (typeof value === "boolean") return Number(value);
	if (typeof value !== "string") return undefined;
	if (value === "NaN") return Number.NaN;
	if (value === "Infinity") return Number.POSITIVE_INFINITY;
	if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
	if (!/^0x[0-9a-f]{1,16}$/i.test(value)) return undefined;
	const view = new DataView(new ArrayBuffer(8));
	view.setBigUint64(0, BigInt(value));
	if (type === "float16") return view.getFloat16(6);
	if (type === "float32") return view.getFloat32(4);
	return type === "float64" ? view.getFloat64(0) : undefined;
}
