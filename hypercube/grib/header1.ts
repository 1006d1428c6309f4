import type { Fields } from "./fields.ts";
import { numberOf } from "./fields.ts";
import { compileLayout, type Layout } from "./layout.ts";
import { uint } from "./octets.ts";
import { grib1Tables } from "./tables.ts";

/** Sections 1 (whole) and 2 (its beginning, when there is one) of a GRIB 1 message. */
export interface Sections1 {
	readonly one: Uint8Array;
	readonly two?: Uint8Array;
}

/** What a GRIB 1 header says. */
export interface Header1 {
	readonly fields: Fields;
	/** Centre as text, or its number. */
	readonly centre: string;
	/** How much of ECMWF's local section it follows: nothing, the labels (class, type, stream, expver), or all. */
	readonly local: "none" | "labels" | "all";
}

const section1: Layout = compileLayout([
	"section1Length:3",
	"table2Version:1",
	"centre:1",
	"generatingProcessIdentifier:1",
	"gridDefinition:1",
	"section1Flags:1",
	"indicatorOfParameter:1",
	"indicatorOfTypeOfLevel:1",
	"level:2",
	"yearOfCentury:1",
	"month:1",
	"day:1",
	"hour:1",
	"minute:1",
	"unitOfTimeRange:1",
	"P1:1",
	"P2:1",
	"timeRangeIndicator:1",
	"numberIncludedInAverage:2",
	"numberMissingFromAveragesOrAccumulations:1",
	"centuryOfReferenceTimeOfData:1",
	"subCentre:1",
	"decimalScaleFactor:s2",
]);

const labels: Layout = compileLayout([
	"localDefinitionNumber:1",
	"marsClass:1",
	"marsType:1",
	"marsStream:2",
	"expver:a4",
]);

/** Grid fields that only the domain of waves asks for; latitudes and longitudes in thousandths of a degree. */
const section2: Layout = compileLayout([
	"section2Length:3",
	"-:2",
	"dataRepresentationType:1",
	"Ni:2",
	"Nj:2",
	"latitudeOfFirstGridPoint:s3",
	"longitudeOfFirstGridPoint:s3",
	"-:1",
	"latitudeOfLastGridPoint:s3",
	"longitudeOfLastGridPoint:s3",
	"-:2",
	"N:2",
]);

/** Level types whose two octets are two levels, top and bottom. */
const layers = new Set([
	101, 104, 106, 108, 110, 112, 114, 116, 120, 121, 128, 141,
]);

const localLayouts = new Map<number, Layout>();

/** Reads the fields of a GRIB 1 header. Throws a RangeError when section 1 is shorter than the standard says. */
export function readHeader1(
	sections: Sections1,
	centres: Readonly<Record<string, string>>,
): Header1 {
	const { one, two } = sections;
	if (one.length < 28)
		throw new RangeError(`section 1 has ${one.length} octets, fewer than 28`);
	const fields: Fields = new Map();
	section1(one, 0, fields);
	const type = numberOf(fields, "indicatorOfTypeOfLevel") ?? 0;
	const topLevel = uint(one, 10, 1);
	if (layers.has(type))
		fields
			.set("level", topLevel)
			.set("topLevel", topLevel)
			.set("bottomLevel", uint(one, 11, 1));
	if (two !== undefined) section2(two, 0, fields);
	const local = localSection(one, fields);
	const code = String(numberOf(fields, "centre"));
	return { fields, centre: centres[code] ?? code, local };
}

/** Reads the local section where it is laid out as ECMWF's: by ECMWF itself, and by a few others. */
function localSection(one: Uint8Array, fields: Fields): Header1["local"] {
	if (one.length <= 40) return "none";
	const definition = uint(one, 40, 1);
	const local = follows(
		numberOf(fields, "centre"),
		numberOf(fields, "subCentre"),
		definition,
	);
	if (local === "none") return local;
	const at = labels(one, 40, fields);
	if (local === "all") localLayout(definition)(one, at, fields);
	return local;
}

function follows(
	centre: number | undefined,
	subCentre: number | undefined,
	definition: number,
): Header1["local"] {
	if (centre === 98 || subCentre === 98 || centre === 1) return "all";
	if (centre === 34 && definition === 1) return "all";
	return centre === 214 && definition === 1 ? "labels" : "none";
}

function localLayout(definition: number): Layout {
	let layout = localLayouts.get(definition);
	if (layout === undefined) {
		layout = compileLayout(
			grib1Tables().local98.definitions[String(definition)] ?? [],
		);
		localLayouts.set(definition, layout);
	}
	return layout;
}
