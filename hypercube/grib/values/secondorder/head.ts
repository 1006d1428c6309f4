import { BrokenField, UnsupportedField } from "../../../cube/field.ts";
import { uint } from "../../octets.ts";
import type { BitReader } from "../bits.ts";
import type { Layout } from "../layout.ts";
import { wide } from "./wide.ts";

/**
 * How a field's groups are told: each with its width and length; a group a row; or by a bitmap of where they begin,
 * with a width each or one for all.
 */
export type Grouping = "extended" | "row" | "general" | "constant";

/** What a message says of its second-order packing. */
export interface SecondOrder {
	readonly grouping: Grouping;
	/** Every second row was coded from its end on. */
	readonly alternate: boolean;
	readonly groups: number;
	/** Bits of a group's reference, its first-order value. */
	readonly firstBits: number;
	/** Bits of each group's width and length; where widths are octets of their own, 8 and 0. */
	readonly widthBits: number;
	readonly lengthBits: number;
	/** How many values the bitmap of groups tells of. */
	readonly values: number;
	/** Spatial differencing: the first values, as many as its order, and the bias. */
	readonly first: readonly number[];
	readonly bias: number;
	/** Where the groups begin in the data. */
	readonly at: number;
}

/** Octet 14 of section 4 of GRIB 1, as ECMWF has extended it. */
const flag = {
	matrix: 0x40,
	groupsBitmap: 0x20,
	widths: 0x10,
	extended: 0x08,
	alternate: 0x04,
	order: 0x03,
} as const;

/** @throws UnsupportedField for flags without a meaning */
export function groupingOf(flags: number): Grouping {
	const kind =
		flags & (flag.matrix | flag.groupsBitmap | flag.widths | flag.extended);
	if (kind === (flag.extended | flag.widths)) return "extended";
	if (kind === flag.groupsBitmap) return "constant";
	if (kind === (flag.groupsBitmap | flag.widths)) return "general";
	if (kind === flag.widths && (flags & flag.alternate) === 0) return "row";
	throw new UnsupportedField(
		`GRIB 1 second order packing with flags ${flags.toString(2).padStart(8, "0")}`,
	);
}

/** GRIB 1: all is in section 4, of which the data are octet 12 and what follows. */
export function head1(
	layout: Layout,
	data: Uint8Array,
	bits: BitReader,
): SecondOrder {
	const flags = uint(data, 2, 1);
	const grouping = groupingOf(flags);
	// Octet 21 continues the two octets of the number of groups.
	const groups = uint(data, 5, 2) + 65536 * uint(data, 9, 1);
	const common = {
		grouping,
		alternate: (flags & flag.alternate) !== 0,
		groups,
		firstBits: layout.bits,
		values: uint(data, 7, 2),
	};
	if (grouping !== "extended")
		return {
			...common,
			widthBits: 8,
			lengthBits: 0,
			first: [],
			bias: 0,
			at: 10,
		};
	const order = flags & flag.order;
	return {
		...common,
		widthBits: uint(data, 10, 1),
		lengthBits: uint(data, 11, 1),
		...differencing(layout, { octets: data, at: 14, order }, bits),
	};
}

/** GRIB 2: ECMWF's templates 5.50001 and 5.50002, which differ in an octet of flags. */
export function head2(
	layout: Layout,
	section5: Uint8Array,
	bits: BitReader,
): SecondOrder {
	const flagged = uint(section5, 9, 2) === 50002;
	const at = flagged ? 32 : 31;
	const order = uint(section5, at, 1);
	if (order > 3)
		throw new UnsupportedField(
			`second order packing with differences of order ${order}`,
		);
	return {
		grouping: "extended",
		alternate: flagged && (uint(section5, 31, 1) & 0x80) !== 0,
		groups: uint(section5, 21, 4),
		firstBits: uint(section5, 20, 1),
		widthBits: uint(section5, 29, 1),
		lengthBits: uint(section5, 30, 1),
		values: 0,
		...differencing(layout, { octets: section5, at: at + 1, order }, bits),
		at: 0,
	};
}

/** One octet says how many bits each has: the first values, then the bias, of which one bit is the sign. */
function differencing(
	layout: Layout,
	{ octets, at, order }: { octets: Uint8Array; at: number; order: number },
	bits: BitReader,
): { first: number[]; bias: number; at: number } {
	if (order === 0) return { first: [], bias: 0, at };
	const width = uint(octets, at, 1);
	const length = Math.ceil((width * (order + 1)) / 8);
	if (width < 1 || width > 53 || at + 1 + length > octets.length)
		throw new BrokenField(
			`the message at ${layout.offset}: ${order + 1} numbers of ${width} bits for its differences`,
		);
	bits.load(octets.subarray(at + 1, at + 1 + length), 0);
	const first = Array.from({ length: order }, () => wide(bits, width));
	const negative = bits.take(1) === 1;
	const size = width > 1 ? wide(bits, width - 1) : 0;
	return { first, bias: negative ? -size : size, at: at + 1 + length };
}
