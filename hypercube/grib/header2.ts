import type { Fields } from "./fields.ts";
import { numberOf } from "./fields.ts";
import { compileLayout, type Layout } from "./layout.ts";
import { readLocal2 } from "./local2.ts";
import { uint } from "./octets.ts";
import { grib2Tables } from "./tables.ts";

/** Sections of a GRIB 2 message's first field: 0, 1, 2 (when present), the beginning of 3, and 4. */
export interface Sections2 {
	readonly zero: Uint8Array;
	readonly one: Uint8Array;
	readonly two?: Uint8Array;
	readonly three?: Uint8Array;
	readonly four: Uint8Array;
}

/** One loop of statistical processing; loops come outermost first. */
export interface TimeRange {
	readonly statistic: number;
	readonly incrementType: number;
	readonly unit: number;
	readonly length: number;
}

/** What a GRIB 2 header says. */
export interface Header2 {
	readonly fields: Fields;
	/** Centre as text, or its number. */
	readonly centre: string;
	readonly template: number;
	readonly ranges: readonly TimeRange[];
	/** Whether section 2 carries ECMWF's labels. */
	readonly labelled: boolean;
}

const section1: Layout = compileLayout([
	"section1Length:4",
	"-:1",
	"centre:2",
	"subCentre:2",
	"tablesVersion:1",
	"localTablesVersion:1",
	"significanceOfReferenceTime:1",
	"year:2",
	"month:1",
	"day:1",
	"hour:1",
	"minute:1",
	"second:1",
	"productionStatusOfProcessedData:1",
	"typeOfProcessedData:1",
]);

/** Grids of which a key depends on more than the template number. */
const gridLayouts = new Map<number, Layout>([
	[40, compileLayout(["-:16", "Ni:4", "-:33", "N:4"])],
	[
		101,
		compileLayout(["-:1", "numberOfGridUsed:3", "numberOfGridInReference:1"]),
	],
]);

/** Templates that a condition names as a group. */
const groups: readonly (readonly [string, readonly number[]])[] = [
	["is_chemical", [40, 41, 42, 43]],
	["is_chemical_srcsink", [76, 77, 78, 79]],
	["is_chemical_distfn", [57, 58, 67, 68]],
	["is_aerosol", [44, 45, 46, 47, 48, 49, 50, 85]],
	["is_aerosol_optical", [48, 49]],
];

const templateLayouts = new Map<number, Layout>();

/** Reads the fields of a GRIB 2 header. Throws a RangeError when a section is too short or the template is not known. */
export function readHeader2(
	sections: Sections2,
	centres: Readonly<Record<string, string>>,
): Header2 {
	const { zero, one, two, three, four } = sections;
	if (one.length < 21)
		throw new RangeError(`section 1 has ${one.length} octets, fewer than 21`);
	if (four.length < 9)
		throw new RangeError(`section 4 has ${four.length} octets, fewer than 9`);
	const fields: Fields = new Map<string, number>([
		["discipline", uint(zero, 6, 1)],
		["true", 1],
		["dummy", 1],
	]);
	section1(one, 0, fields);
	if (three !== undefined) readGrid(three, fields);
	const template = readProduct(four, fields);
	const code = String(numberOf(fields, "centre"));
	const labelled =
		two !== undefined && two.length > 5 && readLocal2(two, fields);
	return {
		fields,
		centre: centres[code] ?? code,
		template,
		ranges: rangesOf(four, fields),
		labelled,
	};
}

function readGrid(three: Uint8Array, fields: Fields): void {
	const template = uint(three, 12, 2);
	fields.set("gridDefinitionTemplateNumber", template);
	gridLayouts.get(template)?.(three, 14, fields);
}

function readProduct(four: Uint8Array, fields: Fields): number {
	const template = uint(four, 7, 2);
	fields.set("section4Length", four.length).set("NV", uint(four, 5, 2));
	fields.set("productDefinitionTemplateNumber", template);
	const end = templateLayout(template)(four, 9, fields);
	if (end > four.length)
		throw new RangeError(
			`section 4 has ${four.length} octets, its template ${template} needs ${end}`,
		);
	for (const [name, templates] of groups)
		fields.set(name, templates.includes(template) ? 1 : 0);
	const constituent = fields.get("constituentType");
	if (constituent !== undefined && numberOf(fields, "is_chemical") === 0)
		fields.set("aerosolType", constituent);
	return template;
}

function templateLayout(template: number): Layout {
	let layout = templateLayouts.get(template);
	if (layout === undefined) {
		const { templates, fragments } = grib2Tables();
		const items = templates[String(template)];
		if (items === undefined)
			throw new RangeError(
				`product definition template ${template} is not known`,
			);
		layout = compileLayout(items, fragments);
		templateLayouts.set(template, layout);
	}
	return layout;
}

function rangesOf(four: Uint8Array, fields: Fields): TimeRange[] {
	const at = numberOf(fields, "numberOfTimeRanges@");
	if (at === undefined) return loneRange(fields);
	const count = numberOf(fields, "numberOfTimeRanges") ?? 0;
	return Array.from(
		{ length: Math.min(count, Math.floor((four.length - at) / 12)) },
		(_, i) => {
			const octet = at + 12 * i;
			return {
				statistic: uint(four, octet, 1),
				incrementType: uint(four, octet + 1, 1),
				unit: uint(four, octet + 2, 1),
				length: uint(four, octet + 3, 4),
			};
		},
	);
}

/** Template 1101 holds one loop without counting it. */
function loneRange(fields: Fields): TimeRange[] {
	const incrementType = numberOf(fields, "typeOfTimeIncrement");
	if (incrementType === undefined) return [];
	return [
		{
			statistic: numberOf(fields, "typeOfStatisticalProcessing") ?? 255,
			incrementType,
			unit: numberOf(fields, "indicatorOfUnitForTimeRange") ?? 1,
			length: numberOf(fields, "lengthOfTimeRange") ?? 0,
		},
	];
}
