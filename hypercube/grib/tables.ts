import { readFileSync } from "node:fs";
import type { RawChoice } from "./choose.ts";
import type { LayoutItem } from "./layout.ts";

type Codes = Readonly<Record<string, string>>;
type Layouts = Readonly<Record<string, LayoutItem[]>>;

/** A line of a stream.type rule: `key=source`, `-key`, or a test. */
export type RawRule =
	| string
	| {
			if: Readonly<Record<string, unknown>>;
			then: RawRule[];
			else?: RawRule[];
	  };

/** Code tables that both editions share; each file says its source. */
export interface CodeTables {
	marsClass: Codes;
	marsType: Codes;
	marsStream: Codes;
	centres: { grib1: Codes; grib2: Codes };
	timeUnits: {
		grib1: Readonly<Record<string, [string, number]>>;
		grib2: Readonly<Record<string, [string, number]>>;
	};
	waveDomain: {
		globalGrids: string[];
		points: [string, [number, number, number, number]][];
	};
	streamType: { rules: [string, RawRule[]][] };
}

/** Rules and layouts of GRIB 1. */
export interface Grib1Tables {
	levtype: Readonly<Record<string, Codes>>;
	typeOfLevel: Readonly<Record<string, RawChoice[]>>;
	stepType: Readonly<Record<string, RawChoice[]>>;
	clusteringDomain: RawChoice[];
	tubeDomain: RawChoice[];
	local98: { definitions: Layouts; mars: Readonly<Record<string, string[]>> };
}

type ByList = Readonly<Record<string, Readonly<Record<string, RawChoice[]>>>>;
type ByFolder = Readonly<Record<string, RawChoice[]>>;

/** Rules and layouts of GRIB 2. */
export interface Grib2Tables {
	datasetForLocal: RawChoice[];
	mtg2: {
		switch: ByFolder;
		viaTables: ByFolder;
		tablesVersionLimit: number;
		chemClasses: string[];
	};
	levtype: ByList;
	typeOfLevel: ByFolder;
	timespan: ByFolder & { instant: number[] };
	postProcessing: ByFolder;
	modelName: ByFolder;
	destine: Readonly<Record<string, Codes>>;
	suites: Readonly<Record<string, Codes>>;
	dimensionType: Codes;
	statisticalProcess: Codes;
	chem: ByFolder;
	local98: { definitions: Layouts; mars: Readonly<Record<string, string[]>> };
	fragments: Layouts;
	templates: Layouts;
}

/** `[paramId, shortName, lists it belongs to, key, wanted, key, wanted …]`; lists: 1 pre, 2 post, 4 chem. */
export type RawParameter = [
	number,
	string,
	number,
	...(string | number | null | number[])[],
];

/** Parameters by centre or dataset. */
export type ParameterLists = Readonly<
	Record<string, { entries: RawParameter[]; legacy?: RawParameter[] }>
>;

/** `params`: id → short name, name, units. `mars`: short name → the id that a MARS user means by it. */
export interface ParameterNames {
	mars: Readonly<Record<string, number>>;
	params: Readonly<Record<string, [string, string, string]>>;
}

/** Loads a table on first use: a reader of GRIB 1 never pays for the lists of GRIB 2. */
function lazy<T>(name: string): () => T {
	let table: T | undefined;
	return () => {
		table ??= JSON.parse(
			readFileSync(new URL(`./tables/${name}.json`, import.meta.url), "utf8"),
		) as T;
		return table;
	};
}

export const codeTables = lazy<CodeTables>("codes");
export const grib1Tables = lazy<Grib1Tables>("grib1");
export const grib2Tables = lazy<Grib2Tables>("grib2");
export const grib1Parameters = lazy<ParameterLists>("parameters1");
export const grib2Parameters = lazy<ParameterLists>("parameters2");
export const parameterNames = lazy<ParameterNames>("parameters");
