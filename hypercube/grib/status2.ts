import type { Facts } from "./choose.ts";
import { addDays } from "./dates.ts";
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
	const ocean =
		numberOf(fields, "discipline") === 10 ? oceanType(fields) : undefined;
	if (ocean === undefined) return;
	keys.levtype = ocean;
	delete keys.levelist;
}

/** Two- or three-dimensional ocean: the surface, fixed isotherms and layers down to 300 m, other depths; else neither. */
function oceanType(fields: Fields): string | undefined {
	const first = numberOf(fields, "typeOfFirstFixedSurface");
	const second = numberOf(fields, "typeOfSecondFixedSurface");
	const level = scaled(fields, "First");
	if (first === 160 && second === 160) {
		return level === 0 && scaled(fields, "Second") === 300 ? "o2d" : "o3d";
	}
	if (second !== 255) return undefined;
	const flat =
		(first === 160 && level === 0) ||
		(first === 20 && level === 293.15) ||
		(first === 169 && level === 0.01);
	return flat ? "o2d" : undefined;
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

/** 0 analysis, 1 forecast. */
function typeByData(fields: Fields): string {
	const data = numberOf(fields, "typeOfProcessedData");
	return data === 0 ? "an" : data === 1 ? "fc" : "unknown";
}

function uerra({ keys, header }: Programme, expver: string): void {
	const { fields, template } = header;
	keys.class = "ur";
	keys.expver ??= textOf(fields, "programmeExpver") ?? expver;
	keys.origin = header.centre;
	keys.type = typeByData(fields);
	keys.stream = streamByTemplate(template, [1, 11]);
	heightLevels(keys, fields);
}

/** Plain fields and intervals are `oper`; templates of ensembles `enda`; others have no stream. */
function streamByTemplate(
	template: number,
	ensembles: readonly number[],
): string {
	if (template === 0 || template === 8) return "oper";
	return ensembles.includes(template) ? "enda" : "unknown";
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
	keys.expver = textOf(fields, "programmeExpver") ?? expver;
	const suite = textOf(fields, "suite");
	const suites = grib2Tables().suites[keys.class === "ci" ? "crraCi" : "crra"];
	keys.origin =
		suite === undefined ? header.centre : (suites?.[suite] ?? suite);
	delete keys.domain;
	delete keys.model;
	const derived = numberOf(fields, "derivedForecast");
	keys.type = derived === 0 ? "em" : derived === 4 ? "es" : typeByData(fields);
	keys.stream = streamByTemplate(template, [1, 2, 11, 12]);
	const [outer] = ranges;
	if (template === 8 && outer?.incrementType === 1)
		monthlyMean(keys, outer.length, origin);
}

function monthlyMean(keys: Keys, length: number, origin: Origin): void {
	if (length === 21 || length === 24) {
		keys.stream = "dame";
		if (origin.date !== undefined) keys.date = String(nearestDay(origin));
		delete keys.time;
		delete keys.step;
		return;
	}
	keys.stream = "moda";
	if (origin.date !== undefined)
		keys.date = String(Math.floor(origin.date / 100) * 100 + 1);
	delete keys.time;
	delete keys.step;
}

/** The day that a daily mean starts nearest to. */
function nearestDay({ date = 0, time, step }: Origin): number {
	const hours = Number(time.slice(0, 2)) + Number(time.slice(2)) / 60;
	return addDays(
		date,
		Math.round((hours + (step?.start.seconds ?? 0) / 3600) / 24),
	);
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
	keys.stream = streamByTemplate(template, []);
	delete keys.domain;
	if (template === 8 && ranges[0]?.incrementType === 1) {
		keys.stream = "sttd";
		delete keys.step;
	}
}
