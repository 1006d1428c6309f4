import type { Facts } from "./choose.ts";
import { hhmm, ymd } from "./dates.ts";
import { type Fields, numberOf, textOf } from "./fields.ts";
import { type Header2, readHeader2, type Sections2 } from "./header2.ts";
import type { Keyed } from "./keys1.ts";
import { setLevel2 } from "./levels2.ts";
import { type Parameter, parameter2 } from "./parameterlists.ts";
import { own2, tests2 } from "./rulefacts2.ts";
import { lookUp, type Rulebook, rulebook } from "./rules2.ts";
import { type Origin, sourceOf } from "./sources.ts";
import { stattype } from "./stattype.ts";
import { applyStatus } from "./status2.ts";
import { step2, stepType2 } from "./steps2.ts";
import {
	applyActions,
	applyStreamType,
	type Keys,
	type RuleFacts,
} from "./streamtype.ts";
import { codeTables, grib2Tables } from "./tables.ts";

/** Works out the keys of a GRIB 2 message's first field. Throws a RangeError for a header that cannot be read. */
export function keys2(sections: Sections2): Keyed {
	const header = readHeader2(sections, codeTables().centres.grib2);
	const { fields, centre, ranges } = header;
	const texts = new Map<string, string>();
	const keys: Keys = {};
	const facts: Facts = {
		fields,
		texts: (key) => texts.get(key) ?? keys[key],
		statistics: ranges.map((range) => range.statistic),
	};
	const book = rulebook(centre, facts);
	const stepType = stepType2(header, book.mtg2);
	texts.set("stepType", stepType);
	const parameter = parameter2(book.folders, book.bit, facts);
	const origin = originOf(header, book, facts);
	texts.set("dataTime", origin.time);

	keys.date = origin.dateText;
	keys.time = origin.time;
	setDestine(keys, fields);
	const rules = rulesOf(keys, header, origin, book, parameter, facts);
	if (header.labelled) setLabels(keys, fields, rules);
	const step = origin.step?.endText;
	if (step !== undefined) keys.step = step;
	setLevel2(keys, book, facts);
	applyExtraLocal(keys, fields);
	setByTemplate(keys, header, book);
	if (header.labelled)
		applyStreamType(keys.stream ?? "", keys.type ?? "", rules);
	setParam(keys, fields, parameter, book, facts);
	applyStatus({ keys, header, origin, book, facts, stepType });
	setSpans(keys, header, origin, book, facts);
	return { keys, ...parameter };
}

function originOf(header: Header2, book: Rulebook, facts: Facts): Origin {
	const { fields, centre } = header;
	const get = (name: string) => numberOf(fields, name) ?? 0;
	const date = ymd(get("year"), get("month"), get("day"));
	return {
		edition: 2,
		fields,
		centre,
		date,
		dateText: String(date),
		time: hhmm(get("hour"), get("minute")),
		step: step2(header, book.mtg2),
		own: (name) => own2(name, book, facts),
	};
}

function rulesOf(
	keys: Keys,
	header: Header2,
	origin: Origin,
	book: Rulebook,
	parameter: Parameter,
	facts: Facts,
): RuleFacts {
	return {
		keys,
		source: (name) => sourceOf(origin, name),
		test: (name, values) =>
			tests2(name, values, { keys, header, origin, book, parameter, facts }),
	};
}

/** Keys of DestinE's prefix of section 2. */
function setDestine(keys: Keys, fields: Fields): void {
	if (!fields.has("dataset")) return;
	const { destine } = grib2Tables();
	for (const name of [
		"dataset",
		"activity",
		"experiment",
		"generation",
		"model",
		"realization",
		"resolution",
		"tilescheme",
	]) {
		const code = textOf(fields, name);
		if (code !== undefined) keys[name] = destine[name]?.[code] ?? code;
	}
	const georef = textOf(fields, "georef");
	if (georef !== undefined) keys.georef = georef.replaceAll("\0", "");
}

function setLabels(keys: Keys, fields: Fields, rules: RuleFacts): void {
	const { marsClass, marsType, marsStream } = codeTables();
	const named = (table: Readonly<Record<string, string>>, field: string) => {
		const code = textOf(fields, field) ?? "0";
		return (table[code] ?? code).toLowerCase();
	};
	keys.class = named(marsClass, "marsClass");
	keys.type = named(marsType, "marsType");
	keys.stream = named(marsStream, "marsStream");
	keys.expver = textOf(fields, "expver") ?? "";
	keys.domain = "g";
	applyActions(
		grib2Tables().local98.mars[textOf(fields, "localNumber") ?? ""],
		rules,
	);
}

/** A second local section may say which of several dimensions the field is at. */
function applyExtraLocal(keys: Keys, fields: Fields): void {
	if (numberOf(fields, "extraLocalNumber") !== 300) return;
	const type = textOf(fields, "dimensionType") ?? "";
	keys.levelist = textOf(fields, "dimensionNumber") ?? "0";
	keys.levtype = grib2Tables().dimensionType[type] ?? type;
}

/** What templates of waves, ensembles and optical properties add. */
function setByTemplate(
	keys: Keys,
	{ fields, template }: Header2,
	{ mtg2 }: Rulebook,
): void {
	const status = numberOf(fields, "productionStatusOfProcessedData") ?? 255;
	const direction = textOf(fields, "waveDirectionNumber");
	const frequency = textOf(fields, "waveFrequencyNumber");
	if (direction !== undefined && frequency !== undefined && template <= 102) {
		keys.direction = direction;
		keys.frequency = frequency;
		keys.levtype = "sfc";
		delete keys.levelist;
	}
	const number = textOf(fields, "perturbationNumber");
	const programme = status >= 4 && status <= 11;
	// A number that the local section set is overridden too: section 4 comes later.
	if (number !== undefined && (programme || keys.number !== undefined))
		keys.number = number;
	const wavelength = mtg2 === 0 ? undefined : wavelengthOf(fields);
	if (wavelength !== undefined) keys.wavelength = wavelength;
}

/** Nanometres: one limit or both, by the kind of interval. */
function wavelengthOf(fields: Fields): string | undefined {
	const kind = numberOf(fields, "typeOfWavelengthInterval");
	if (kind === undefined) return undefined;
	const at = (which: string) => {
		const scale = numberOf(fields, `scaleFactorOf${which}Wavelength`) ?? 0;
		const value = numberOf(fields, `scaledValueOf${which}Wavelength`);
		if (value === undefined) return "MISSING";
		return String(Math.round(value * 10 ** (9 - scale)));
	};
	if ([0, 3, 5, 8, 11].includes(kind)) return at("First");
	if ([1, 4, 6, 9].includes(kind)) return at("Second");
	return [2, 7, 10].includes(kind)
		? `${at("First")}-${at("Second")}`
		: undefined;
}

function setParam(
	keys: Keys,
	fields: Fields,
	parameter: Parameter,
	book: Rulebook,
	facts: Facts,
): void {
	const chem = book.mtg2 === 2 ? lookUp("chem", book, facts) : undefined;
	if (chem !== undefined) keys.chem = chem;
	const status = numberOf(fields, "productionStatusOfProcessedData") ?? 255;
	if (status <= 17) keys.param = String(parameter.paramId);
}

/** Statistics and time span, then what AIFS and DestinE change last. */
function setSpans(
	keys: Keys,
	header: Header2,
	origin: Origin,
	book: Rulebook,
	facts: Facts,
): void {
	const statistics =
		book.mtg2 > 0 ? stattype(keys.stream ?? "", header.ranges) : undefined;
	if (statistics !== undefined) keys.stattype = statistics;
	const timespan = book.mtg2 > 0 ? own2("timespan", book, facts) : undefined;
	if (timespan !== undefined) keys.timespan = timespan;
	const model = lookUp("modelName", book, facts);
	if (keys.class === "ai" && model !== undefined && model !== "unknown")
		keys.model = model;
	const { dataset } = keys;
	if (dataset === undefined) return;
	delete keys.domain;
	const range = origin.step?.range;
	if (dataset === "climate-dt") {
		// Daily and monthly statistics keep theirs, and so do messages without labels.
		if (header.labelled && keys.stattype === undefined) delete keys.timespan;
	} else if (book.mtg2 === 0 && range !== undefined) keys.step = range;
	if (dataset === "on-demand-extremes-dt" && model !== undefined)
		keys.model = model;
}
