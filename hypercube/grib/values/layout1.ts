import type { Steps } from "../../bytes/steps.ts";
import { UnsupportedField } from "../../cube/field.ts";
import { signed, uint } from "../octets.ts";
import type { HeadReader } from "./head.ts";
import type { Layout } from "./layout.ts";
import { ibm32 } from "./numbers.ts";
import { points1 } from "./points1.ts";
import { groupingOf } from "./secondorder/head.ts";

/** A section's place in the message; of length 0 where there is none. */
interface Section {
	readonly at: number;
	readonly length: number;
}

/** The layout of a GRIB 1 message. */
export function* layout1(head: HeadReader): Steps<Layout> {
	const one = yield* sectionAt(head, 8, 28);
	const identification = yield* head.octets(one.at, 28);
	const flags = uint(identification, 7, 1);
	const two = yield* optional(head, one, (flags & 0x80) !== 0, 32);
	const three = yield* optional(head, two, (flags & 0x40) !== 0, 6);
	const four = yield* dataSection(head, three);
	const packing = yield* packingOf(head, four);
	const bitmap = yield* bitmapOf(head, three);
	const { points, coded } = yield* counts(head, {
		two,
		bitmapPoints: bitmap?.points,
		coded: packing.coded,
	});
	return {
		edition: 1,
		offset: head.offset,
		length: head.length,
		points,
		...packing.scale,
		coded,
		decimalScale: signed(identification, 26, 2),
		bitmapOffset: bitmap?.bitmapOffset ?? 0,
		bitmapLength: bitmap?.bitmapLength ?? 0,
		gridOffset: two.length === 0 ? 0 : head.offset + two.at,
		gridLength: two.length,
		packingOffset: head.offset + four.at,
		packingLength: four.length,
		ccsdsFlags: 0,
		ccsdsBlock: 0,
		ccsdsInterval: 0,
	};
}

function* sectionAt(
	head: HeadReader,
	at: number,
	least: number,
): Steps<Section> {
	const length = uint(yield* head.octets(at, 3), 0, 3);
	if (length < least || at + length > head.length - 4)
		throw head.broken(at, `the section says a length of ${length}`);
	return { at, length };
}

function* optional(
	head: HeadReader,
	before: Section,
	present: boolean,
	least: number,
): Steps<Section> {
	const at = before.at + before.length;
	return present ? yield* sectionAt(head, at, least) : { at, length: 0 };
}

/** Section 4. In a large message its length counts otherwise, and it ends where the message ends. */
function* dataSection(head: HeadReader, before: Section): Steps<Section> {
	const at = before.at + before.length;
	const coded = uint(yield* head.octets(4, 3), 0, 3);
	const says = uint(yield* head.octets(at, 3), 0, 3);
	const length = coded >= 0x800000 && says < 120 ? head.length - 4 - at : says;
	if (length < 11 || at + length > head.length - 4)
		throw head.broken(at, `section 4 says a length of ${says}`);
	return { at, length };
}

/** Code table 11: the four upper bits of octet 4; the lower ones count unused bits at the end. */
function* packingOf(head: HeadReader, four: Section) {
	const bytes = yield* head.octets(four.at, 11);
	const flags = uint(bytes, 3, 1);
	if ((flags & 0x80) !== 0)
		throw new UnsupportedField(
			`spherical harmonics (GRIB 1, ${flags & 0x40 ? "complex" : "simple"} packing)`,
		);
	if ((flags & 0x40) === 0 && (flags & 0x30) === 0x10)
		throw new UnsupportedField(
			"GRIB 1 packing with additional flags (matrix values)",
		);
	const scale = {
		reference: ibm32(bytes, 6),
		binaryScale: signed(bytes, 4, 2),
		bits: uint(bytes, 10, 1),
		dataOffset: head.offset + four.at + 11,
		dataLength: four.length - 11,
	};
	if (scale.binaryScale === noData)
		return {
			coded: undefined,
			scale: { ...scale, packing: "simple" as const, ...allMissing },
		};
	if ((flags & 0x40) !== 0) return yield* secondOrder(head, four, scale);
	if ((flags & 0x30) === 0x30) return yield* ieee(head, four, scale);
	const { bits, dataLength } = scale;
	const used = dataLength * 8 - (flags & 0x0f);
	return {
		coded: bits === 0 ? undefined : Math.max(0, Math.floor(used / bits)),
		scale: { ...scale, packing: "simple" as const },
	};
}

type Scale1 = Pick<
	Layout,
	"reference" | "binaryScale" | "bits" | "dataOffset" | "dataLength"
>;

/** The binary scale factor by which GRIBEX says that a field has no data, whatever else its section 4 says. */
const noData = -32767;
const allMissing = { reference: Number.NaN, binaryScale: 0, bits: 0 } as const;

/** How many values there are only the groups tell, which are read with the values. */
function* secondOrder(head: HeadReader, four: Section, scale: Scale1) {
	if (four.length < 25)
		throw head.broken(four.at, `section 4 says a length of ${four.length}`);
	groupingOf(uint(yield* head.octets(four.at, 25), 13, 1));
	return {
		coded: undefined,
		scale: { ...scale, packing: "second_order" as const },
	};
}

/** ecCodes' own: numbers of code table 5.7's precision, which stands in octet 12. */
function* ieee(head: HeadReader, four: Section, scale: Scale1) {
	const precision = uint(yield* head.octets(four.at, 12), 11, 1);
	if (precision !== 1 && precision !== 2)
		throw new UnsupportedField(
			`GRIB 1 IEEE packing with precision ${precision} (neither 32 nor 64 bits)`,
		);
	const dataLength = scale.dataLength - 1;
	return {
		coded: Math.floor(dataLength / (4 * precision)),
		scale: {
			...scale,
			packing: "ieee" as const,
			bits: 32 * precision,
			dataOffset: scale.dataOffset + 1,
			dataLength,
		},
	};
}

function* bitmapOf(head: HeadReader, three: Section) {
	if (three.length === 0) return undefined;
	const bytes = yield* head.octets(three.at, 6);
	const [unused, predefined] = [uint(bytes, 3, 1), uint(bytes, 4, 2)];
	if (predefined !== 0)
		throw new UnsupportedField(`predefined bitmap ${predefined}`);
	const bitmapLength = three.length - 6;
	if (unused > bitmapLength * 8)
		throw head.broken(three.at, `section 3 says ${unused} unused bits`);
	return {
		bitmapOffset: head.offset + three.at + 6,
		bitmapLength,
		points: bitmapLength * 8 - unused,
	};
}

/** How many points: the bitmap tells, or the grid, or the data where the grid does not. */
function* counts(
	head: HeadReader,
	known: {
		two: Section;
		bitmapPoints: number | undefined;
		coded: number | undefined;
	},
) {
	const { two, bitmapPoints, coded } = known;
	if (bitmapPoints !== undefined)
		return { points: bitmapPoints, coded: coded ?? bitmapPoints };
	const grid = points1(yield* head.octets(two.at, two.length));
	const points = grid?.points ?? coded;
	if (points === undefined)
		throw head.broken(
			two.at,
			"a constant field on a grid that does not tell its points",
		);
	if (coded === undefined || coded >= points) return { points, coded: points };
	// The rows' lists of a reduced grid may tell the whole globe of an area: then the data tell.
	if (grid?.reduced === true) return { points: coded, coded };
	throw head.broken(
		two.at,
		`${coded} values for ${points} points without a bitmap`,
	);
}
