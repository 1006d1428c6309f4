import type { ByteSource } from "../../bytes/source.ts";
import { here, run, type Steps } from "../../bytes/steps.ts";
import { BrokenField, UnsupportedField } from "../../cube/field.ts";
import { text, uint } from "../octets.ts";
import { HeadReader } from "./head.ts";
import { layout1 } from "./layout1.ts";
import { layout2 } from "./layout2.ts";

/** How values are packed; named as ecCodes names `packingType` where that has one. */
export const packings = [
	"simple",
	"ieee",
	"ccsds",
	"complex",
	"complex_spatial_differencing",
	"jpeg2000",
	"png",
	"run_length",
	"second_order",
	"simple_log",
] as const;
export type Packing = (typeof packings)[number];

/**
 * What must be known of a message to read any of its values: numbers only. Places are octets from the beginning of the
 * source. Numbers of GRIB 2 code tables and of GRIB 1 octets are as they stand in the message.
 */
export interface Layout {
	readonly edition: 1 | 2;
	/** Where the message begins, and its length with `7777`. */
	readonly offset: number;
	readonly length: number;
	/** Points of the grid: values of the field, missing ones included. */
	readonly points: number;
	/**
	 * Values coded in the data section: without those that the bitmap leaves out. `second_order`: at most so many, its
	 * groups tell.
	 */
	readonly coded: number;
	readonly packing: Packing;
	/** The reference value R. */
	readonly reference: number;
	/** The binary and decimal scale factors E and D: a value is (R + X·2^E)·10^-D. */
	readonly binaryScale: number;
	readonly decimalScale: number;
	/** Bits of each packed number; 0: all values are R. For `ieee` 32 or 64. */
	readonly bits: number;
	/** The packed octets. */
	readonly dataOffset: number;
	readonly dataLength: number;
	/** The bitmap's octets; 0 and 0 where all points have a value. */
	readonly bitmapOffset: number;
	readonly bitmapLength: number;
	/** The section that defines the grid, with its head: section 3 of GRIB 2, 2 of GRIB 1 (0 and 0: it has none). */
	readonly gridOffset: number;
	readonly gridLength: number;
	/** Section 5 of GRIB 2, section 4 of GRIB 1: what complex packings say more of themselves. */
	readonly packingOffset: number;
	readonly packingLength: number;
	/** CCSDS: flags of libaec, samples in a block, blocks between two restarts; 0 for other packings. */
	readonly ccsdsFlags: number;
	readonly ccsdsBlock: number;
	readonly ccsdsInterval: number;
}

/** How values are got at: none to read; each at its place; by restart interval; all or none. */
export type Access = "constant" | "single" | "interval" | "whole";

/** Groups may all have a reference of no bits, and yet differ within. */
const grouped: ReadonlySet<Packing> = new Set([
	"complex",
	"complex_spatial_differencing",
	"second_order",
]);

/** Whether decoded values stand for the points, not for what the bitmap leaves of them: rows may go back and forth. */
export const byPoint = ({ packing }: Layout): boolean =>
	packing === "second_order";

/** Octets of the section of packing that decoding needs: a list of levels may be long, all else is at its beginning. */
export const packingOctets = ({ packing, packingLength }: Layout): number =>
	packing === "run_length" ? packingLength : Math.min(packingLength, 128);

export function accessOf({ packing, bits, dataLength }: Layout): Access {
	if (packing === "simple_log" || packing === "run_length") return "whole";
	if (bits === 0 && (dataLength === 0 || !grouped.has(packing)))
		return "constant";
	if (packing === "simple" || packing === "ieee") return "single";
	return packing === "ccsds" ? "interval" : "whole";
}

/**
 * Reads the headers of the message at `offset` (of its first field, if it has several, as ecCodes does); `length` is
 * what the index says of it, and a message that says another one is broken.
 * @throws UnsupportedField that names the packing; BrokenField that names the section.
 */
export function layoutOf(
	source: ByteSource,
	offset: number,
	length: number,
	signal?: AbortSignal,
): Layout | Promise<Layout> {
	return run(layoutSteps(source, offset, length, signal));
}

export function* layoutSteps(
	source: ByteSource,
	offset: number,
	length: number,
	signal?: AbortSignal,
): Steps<Layout> {
	const head = new HeadReader(source, offset, length, signal);
	const zero = yield* head.octets(0, 8);
	if (text(zero, 0, 4) !== "GRIB")
		throw new BrokenField(`no GRIB message at ${offset}`);
	const edition = uint(zero, 7, 1);
	if (edition === 1) return yield* layout1(head);
	if (edition === 2) return yield* layout2(head);
	throw new UnsupportedField(`edition ${edition} of GRIB at ${offset}`);
}

/** The octets of the section that defines the grid; empty where GRIB 1 has none. */
export function gridOctets(
	source: ByteSource,
	layout: Layout,
	signal?: AbortSignal,
): Uint8Array | Promise<Uint8Array> {
	return run(section(source, layout.gridOffset, layout.gridLength, signal));
}

/** Octets that must all be there. */
export function* section(
	source: ByteSource,
	offset: number,
	length: number,
	signal?: AbortSignal,
): Steps<Uint8Array> {
	if (length === 0) return new Uint8Array();
	const bytes = yield* here(source.read(offset, length, signal));
	if (bytes.length < length)
		throw new BrokenField(
			`the source ends at ${offset + bytes.length}, within a message`,
		);
	return bytes;
}
