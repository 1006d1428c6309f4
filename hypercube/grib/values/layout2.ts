import type { Steps } from "../../bytes/steps.ts";
import { UnsupportedField } from "../../cube/field.ts";
import { signed, uint } from "../octets.ts";
import type { HeadReader } from "./head.ts";
import type { Layout, Packing } from "./layout.ts";
import { ieee32 } from "./numbers.ts";

/** Data representation templates of GRIB 2, code table 5.0. */
const templates: ReadonlyMap<number, Packing> = new Map([
	[0, "simple"],
	[2, "complex"],
	[3, "complex_spatial_differencing"],
	[4, "ieee"],
	[40, "jpeg2000"],
	[40000, "jpeg2000"],
	[41, "png"],
	[40010, "png"],
	[42, "ccsds"],
	[61, "simple_log"],
	[200, "run_length"],
	[50001, "second_order"],
	[50002, "second_order"],
]);

/** Those without a reader, by the names of code table 5.0. */
const unread: ReadonlyMap<number, string> = new Map([
	[1, "matrix values, simple packing"],
	[50, "spherical harmonics, simple packing"],
	[51, "spherical harmonics, complex packing"],
	[53, "bi-Fourier, complex packing"],
]);

/** Octets of section 5 that each packing needs at least. */
const shortest: Readonly<Partial<Record<Packing, number>>> = {
	ieee: 12,
	ccsds: 25,
	complex: 47,
	complex_spatial_differencing: 49,
	jpeg2000: 23,
	simple_log: 24,
	run_length: 17,
	second_order: 32,
};

/** A section's place in the message. */
interface Section {
	readonly at: number;
	readonly length: number;
}

/** The layout of a GRIB 2 message's first field. */
export function* layout2(head: HeadReader): Steps<Layout> {
	const zero = yield* head.octets(0, 16);
	if (uint(zero, 8, 8) !== head.length)
		throw head.broken(
			8,
			`it says a length of ${uint(zero, 8, 8)}, its index ${head.length}`,
		);
	const three = yield* find(head, { at: 16, length: 0 }, 3);
	const grid = yield* head.octets(three.at, Math.min(three.length, 14));
	const five = yield* find(head, three, 5);
	const packing = yield* packingOf(head, five);
	const six = yield* find(head, five, 6);
	const seven = yield* find(head, six, 7);
	const points = uint(grid, 6, 4);
	const bitmap = yield* bitmapOf(head, six, points);
	if (bitmap.bitmapOffset === 0 && packing.coded !== points)
		throw head.broken(
			five.at,
			`section 5 codes ${packing.coded} values for ${points} points without a bitmap`,
		);
	return {
		edition: 2,
		offset: head.offset,
		length: head.length,
		points,
		...packing,
		dataOffset: head.offset + seven.at + 5,
		dataLength: seven.length - 5,
		...bitmap,
		gridOffset: head.offset + three.at,
		gridLength: three.length,
		packingOffset: head.offset + five.at,
		packingLength: five.length,
	};
}

/** The next section of that number after another one; those between are passed over. */
function* find(
	head: HeadReader,
	after: Section,
	wanted: number,
): Steps<Section> {
	let at = after.at + after.length;
	for (;;) {
		if (at + 5 > head.length - 4)
			throw head.broken(at, `section ${wanted} is not there`);
		const start = yield* head.octets(at, 5);
		const [length, number] = [uint(start, 0, 4), uint(start, 4, 1)];
		if (length < 5 || at + length > head.length - 4)
			throw head.broken(at, `section ${number} says a length of ${length}`);
		if (number === wanted) return { at, length };
		if (number > wanted)
			throw head.broken(at, `section ${number} where ${wanted} should be`);
		at += length;
	}
}

function* packingOf(head: HeadReader, five: Section) {
	if (five.length < 11)
		throw head.broken(five.at, `section 5 says a length of ${five.length}`);
	const bytes = yield* head.octets(five.at, Math.min(five.length, 64));
	const template = uint(bytes, 9, 2);
	const packing = templates.get(template);
	if (packing === undefined)
		throw new UnsupportedField(
			`data representation template 5.${template} (${unread.get(template) ?? "unknown"})`,
		);
	if (five.length < (shortest[packing] ?? 21))
		throw head.broken(
			five.at,
			`section 5 has ${five.length} octets, too few for template 5.${template}`,
		);
	return {
		coded: uint(bytes, 5, 4),
		packing,
		...scaleOf(packing, bytes, head),
		ccsdsFlags: packing === "ccsds" ? uint(bytes, 21, 1) : 0,
		ccsdsBlock: packing === "ccsds" ? uint(bytes, 22, 1) : 0,
		ccsdsInterval: packing === "ccsds" ? uint(bytes, 23, 2) : 0,
	};
}

function scaleOf(packing: Packing, bytes: Uint8Array, head: HeadReader) {
	if (packing === "ieee") return ieeeScale(uint(bytes, 11, 1));
	if (packing === "run_length")
		return {
			reference: 0,
			binaryScale: 0,
			decimalScale: signed(bytes, 16, 1),
			bits: uint(bytes, 11, 1),
		};
	const reference = ieee32(bytes, 11);
	if (!Number.isFinite(reference))
		throw head.broken(11, "the reference value is no number");
	return {
		reference,
		binaryScale: signed(bytes, 15, 2),
		decimalScale: signed(bytes, 17, 2),
		bits: uint(bytes, 19, 1),
	};
}

/** Code table 5.7. */
function ieeeScale(precision: number) {
	if (precision !== 1 && precision !== 2)
		throw new UnsupportedField(
			`template 5.4 with precision ${precision} (neither 32 nor 64 bits)`,
		);
	return {
		reference: 0,
		binaryScale: 0,
		decimalScale: 0,
		bits: 32 * precision,
	};
}

function* bitmapOf(head: HeadReader, six: Section, points: number) {
	if (six.length < 6)
		throw head.broken(six.at, `section 6 says a length of ${six.length}`);
	const indicator = uint(yield* head.octets(six.at, 6), 5, 1);
	if (indicator === 255) return { bitmapOffset: 0, bitmapLength: 0 };
	if (indicator === 254)
		throw head.broken(six.at, "the first field's bitmap is that of one before");
	if (indicator !== 0)
		throw new UnsupportedField(`predefined bitmap ${indicator}`);
	const bitmapLength = six.length - 6;
	if (bitmapLength * 8 < points)
		throw head.broken(
			six.at,
			`a bitmap of ${bitmapLength} octets for ${points} points`,
		);
	return { bitmapOffset: head.offset + six.at + 6, bitmapLength };
}
