import { type Fields, numberOf } from "./fields.ts";
import { compileLayout, type Layout, type LayoutItem } from "./layout.ts";
import { grib2Tables } from "./tables.ts";

const labels: Layout = compileLayout([
	"marsClass:2",
	"marsType:2",
	"marsStream:2",
	"expver:a4",
]);
const aliases = [
	["class", "marsClass"],
	["type", "marsType"],
	["stream", "marsStream"],
] as const;
const localNumber: Layout = compileLayout(["localNumber:2"]);
const version: Layout = compileLayout(["productionStatusVersion:2"]);

/** Pieces of the prefixes that programmes (TIGGE, UERRA, CARRA, DestinE …) put before the local number. */
const pieces = {
	suite: compileLayout(["suite:2"]),
	expver: compileLayout(["programmeExpver:a4"]),
	programmeClass: compileLayout(["marsClass:2"]),
	dataset: compileLayout(["dataset:2"]),
	climate: compileLayout([
		"activity:2",
		"experiment:2",
		"generation:1",
		"model:2",
		"realization:1",
		"resolution:2",
	]),
	georef: compileLayout(["georef:a8"]),
	tilescheme: compileLayout(["tilescheme:2"]),
};

const layouts = new Map<number, Layout>();

/** Reads section 2 after its five octets of heading; answers whether it carries ECMWF's labels. */
export function readLocal2(two: Uint8Array, fields: Fields): boolean {
	let at = readPrefix(two, 5, fields);
	at = localNumber(two, at, fields);
	const number = numberOf(fields, "localNumber") ?? 0;
	fields.set("grib2LocalSectionNumber", number);
	if (number === 0) return false;
	if (numberOf(fields, "centre") !== 98 && numberOf(fields, "subCentre") !== 98)
		return false;
	at = labels(two, at, fields);
	// Conditions name the codes both ways.
	for (const [name, field] of aliases)
		fields.set(name, numberOf(fields, field) ?? 0);
	at = localLayout(number)(two, at, fields);
	readExtra(two, at, fields);
	return true;
}

function readPrefix(two: Uint8Array, start: number, fields: Fields): number {
	const status = numberOf(fields, "productionStatusOfProcessedData") ?? 255;
	if (status < 4 || status > 17 || status === 6 || status === 7) return start;
	const at = version(two, start, fields);
	if (status <= 5) return pieces.suite(two, at, fields);
	if (status <= 9) return pieces.expver(two, at, fields);
	if (status <= 11) return readRegional(two, at, fields);
	return status <= 13 ? readDestine(two, at, fields) : at;
}

/** CARRA and CERRA. */
function readRegional(two: Uint8Array, start: number, fields: Fields): number {
	const number = numberOf(fields, "productionStatusVersion") ?? 0;
	let at = pieces.suite(two, start, fields);
	if (number === 3 && numberOf(fields, "centre") !== 98)
		at = pieces.programmeClass(two, at, fields);
	return number >= 2 ? pieces.expver(two, at, fields) : at;
}

function readDestine(two: Uint8Array, start: number, fields: Fields): number {
	const at = pieces.dataset(two, start, fields);
	const dataset = numberOf(fields, "dataset");
	if (dataset === 1) return pieces.climate(two, at, fields);
	if (dataset !== 4) return at;
	const after = pieces.georef(two, at, fields);
	return numberOf(fields, "productionStatusVersion") === 2
		? pieces.tilescheme(two, after, fields)
		: after;
}

/** A second local number may follow the first one's fields. */
function readExtra(two: Uint8Array, at: number, fields: Fields): void {
	if (at + 2 > two.length) return;
	const extra: Fields = new Map();
	const after = localNumber(two, at, extra);
	const number = numberOf(extra, "localNumber") ?? 0;
	fields.set("extraLocalNumber", number);
	if (number !== 0) localLayout(number)(two, after, fields);
}

function localLayout(number: number): Layout {
	let layout = layouts.get(number);
	if (layout === undefined) {
		const items: LayoutItem[] =
			grib2Tables().local98.definitions[String(number)] ?? [];
		layout = compileLayout(items);
		layouts.set(number, layout);
	}
	return layout;
}
