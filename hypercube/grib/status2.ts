import type { Facts } from "./choose.ts";
import { type Fields, numberOf, textOf } from "./fields.ts";
import type { Header2 } from "./header2.ts";
import { scaled } from "./levels2.ts";
import { lookUp, type Rulebook } from "./rules2.ts";
import type { Origin } from "./sources.ts";
import type { Keys } from "./streamtype.ts";
import { codeTables, grib2Tables } from "./tables.ts";

/** What a programme's rules look at and change. */
export interface Programme {
	readonly keys: Keys;
	readonly header: Header2;
	readonly origin: Origin;
	readonly book: Rulebook;
	readonly facts: Facts;
	readonly stepType: string;
}

/** Ensemble and statistics by type of processed data, as TIGGE and S2S label them. */
const tiggeTypes: Readonly<Record<number, string>> = {
	2: "fc",
	3: "cf",
	4: "pf",
};
const tiggeStreams: Readonly<Record<number, string>> = {
	0: "oper",
	2: "oper",
	3: "enfo",
	4: "enfo",
	8: "enfo",
};
const templatesOfReforecasts = new Set([60, 61, 152, 153, 154, 155]);

/** Sets the keys that a programme defines by the production status: TIGGE, S2S, UERRA, CARRA and CERRA, LC-GCR. */
export function applyStatus(programme: Programme): void {
	const status =
		numberOf(programme.header.fields, "productionStatusOfProcessedData") ?? 255;
	const expver = status % 2 === 0 ? "prod" : "test";
	if (status === 4 || status === 5) tigge(programme, expver);
	else if (status === 6 || status === 7) s2s(programme, expver);
	else if (status === 8 || status === 9) uerra(programme, expver);
	else if (status === 10 || status === 11)
		regionalReanalysis(programme, expver);
	else if (status === 14 || status === 15) climateReanalysis(programme, expver);
}

function common(programme: Programme, marsClass: string, expver: string): void {
	const { keys, header } = programme;
	const data = numberOf(header.fields, "typeOfProcessedData") ?? 255;
	keys.class = marsClass;
	keys.expver = expver;
	keys.model = "glob";
	keys.origin = header.centre;
	keys.type = tiggeTypes[data] ?? "unknown";
	keys.stream = tiggeStreams[data] ?? "unknown";
}

function tigge(programme: Programme, expver: string): void {
	const { keys, header } = programme;
	common(programme, "ti", expver);
	if (keys.levtype === "sfc") delete keys.levelist;
	const suite = textOf(header.fields, "suite");
	if (suite === undefined) return;
	keys.model = "lam";
	keys.origin = grib2Tables().suites.tigge?.[suite] ?? suite;
	delete keys.domain;
}

function s2s(programme: Programme, expver: string): void {
	const { keys, header, origin, stepType } = programme;
	const { fields } = header;
	common(programme, "s2", expver);
	delete keys.domain;
	if (header.centre === "cnmc" && numberOf(fields, "subCentre") === 102)
		keys.origin = "isac";
	const { range } = origin.step ?? {};
	if (stepType === "avg" && range !== undefined) keys.step = range;
	if (templatesOfReforecasts.has(header.template)) reforecast(keys, origin);
	if (
		numberOf(fields, "discipline") === 10 &&
		numberOf(fields, "typeOfFirstFixedSurface") === 160
	)
		ocean(keys, fields);
	const isotherm = numberOf(fields, "typeOfFirstFixedSurface");
	if (
		numberOf(fields, "discipline") === 10 &&
		(isotherm === 20 || isotherm === 169)
	)
		surfaceOcean(keys);
}

function reforecast(keys: Keys, { fields, dateText }: Origin): void {
	const part = (name: string) => numberOf(fields, name) ?? 0;
	keys.stream = "enfh";
	keys.hdate = dateText;
	keys.date = String(
		part("YearOfModelVersion") * 10000 +
			part("MonthOfModelVersion") * 100 +
			part("DayOfModelVersion"),
	);
	keys.time = String(
		part("HourOfModelVersion") * 100 + part("MinuteOfModelVersion"),
	).padStart(4, "0");
}

function ocean(keys: Keys, fields: Fields): void {
	const bottom = numberOf(fields, "typeOfSecondFixedSurface");
	const upper =
		scaled(fields, "First") === 0 &&
		(bottom === 255 || scaled(fields, "Second") === 300);
	keys.levtype = upper ? "o2d" : "o3d";
	delete keys.levelist;
}

function surfaceOcean(keys: Keys): void {
	keys.levtype = "o2d";
	delete keys.levelist;
}

/** 0 analysis, 1 forecast. */
function typeByData(fields: Fields): string {
	const data = numberOf(fields, "typeOfProcessedData");
	return data === 0 ? "an" : data === 1 ? "fc" : "unknown";
}

function uerra({ keys, header }: Programme, expver: string): void {
	const { fields, template } = header;
	keys.class = "ur";
	keys.expver = textOf(fields, "programmeExpver") ?? expver;
	keys.origin = header.centre;
	keys.type = typeByData(fields);
	const stream =
		template === 0 || template === 8
			? "oper"
			: template === 1 || template === 11
				? "enda"
				: undefined;
	if (stream !== undefined) keys.stream = stream;
	heightLevels(keys, fields);
}

function heightLevels(keys: Keys, fields: Fields): void {
	const surface = numberOf(fields, "typeOfFirstFixedSurface");
	if (surface !== 103 && surface !== 118) return;
	const level = Math.round(scaled(fields, "First"));
	if (surface === 103 && level <= 10) return;
	keys.levtype = surface === 103 ? "hl" : "ml";
	keys.levelist = String(level);
}

function regionalReanalysis(
	{ keys, header, origin }: Programme,
	expver: string,
): void {
	const { fields, template, ranges } = header;
	const coded = textOf(fields, "marsClass");
	keys.class =
		coded === undefined ? "rr" : (codeTables().marsClass[coded] ?? coded);
	keys.expver = textOf(fields, "programmeExpver") ?? keys.expver ?? expver;
	const suite = textOf(fields, "suite");
	const suites = grib2Tables().suites[keys.class === "ci" ? "crraCi" : "crra"];
	keys.origin =
		suite === undefined ? header.centre : (suites?.[suite] ?? suite);
	delete keys.domain;
	delete keys.model;
	const derived = numberOf(fields, "derivedForecast");
	keys.type = derived === 0 ? "em" : derived === 4 ? "es" : typeByData(fields);
	keys.stream = [1, 2, 11, 12].includes(template) ? "enda" : "oper";
	const [outer] = ranges;
	if (template === 8 && outer?.incrementType === 1)
		monthlyMean(keys, outer.length, origin);
}

function monthlyMean(keys: Keys, length: number, origin: Origin): void {
	if (length === 21 || length === 24) {
		keys.stream = "dame";
		return;
	}
	keys.stream = "moda";
	if (origin.date !== undefined)
		keys.date = String(Math.floor(origin.date / 100) * 100 + 1);
	delete keys.time;
	delete keys.step;
}

function climateReanalysis(
	{ keys, header, book, facts }: Programme,
	expver: string,
): void {
	const { fields, template, ranges } = header;
	keys.class ??= "lr";
	keys.expver = expver;
	keys.origin = header.centre;
	const model = lookUp("modelName", book, facts);
	if (model !== undefined) keys.model = model;
	keys.type = typeByData(fields);
	keys.stream = "oper";
	if (template === 8 && ranges[0]?.incrementType === 1) {
		keys.stream = "sttd";
		delete keys.step;
	}
}
