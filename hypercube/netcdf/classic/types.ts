import type { NumberType } from "../../zarr/format/types.ts";

/** Values of NetCDF's classic format: numbers, or octets of text. */
export type ClassicType = NumberType | "char";

/** `nc_type` of the classic format; those from 7 on exist in CDF-5 only. */
export const codes = {
	int8: 1,
	char: 2,
	int16: 3,
	int32: 4,
	float32: 5,
	float64: 6,
	uint8: 7,
	uint16: 8,
	uint32: 9,
	int64: 10,
	uint64: 11,
} as const satisfies Partial<Record<ClassicType, number>>;

/** What lists of the header begin with. */
export const tags = { dimension: 10, variable: 11, attribute: 12 } as const;

/** The last octet of the first four: how wide counts and offsets are. */
export const versions = { classic: 1, offset64: 2, data64: 5 } as const;

/** Octets up to the next multiple of four: everything begins at one. */
export const padded = (octets: number): number => Math.ceil(octets / 4) * 4;
