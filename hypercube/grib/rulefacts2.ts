import type { Facts } from "./choose.ts";
import { numberOf, textOf } from "./fields.ts";
import type { Header2 } from "./header2.ts";
import type { Parameter } from "./parameterlists.ts";
import { lookUp, type Rulebook } from "./rules2.ts";
import type { Origin } from "./sources.ts";
import { stattype } from "./stattype.ts";
import type { Keys } from "./streamtype.ts";
import { codeTables, grib2Tables } from "./tables.ts";

/** Sources of stream.type rules that only GRIB 2 has. */
export function own2(
	name: string,
	book: Rulebook,
	facts: Facts,
): string | undefined {
	switch (name) {
		case "timespan":
		case "timeSpan": {
			const span = lookUp("timespan", book, facts);
			return span === "fromstart" ? "fs" : span;
		}
		case "modelName":
			return lookUp("modelName", book, facts);
		case "postProcessing":
			return lookUp("postProcessing", book, facts);
		case "inputOriginatingCentre":
		case "originatingCentreOfAnalysis":
			return named(codeTables().centres.grib2, textOf(facts.fields, name));
		case "dataOrigin":
			return named(codeTables().centres.grib1, textOf(facts.fields, name));
		case "lcwfvSuiteName":
			return named(
				grib2Tables().suites.lcwfv ?? {},
				textOf(facts.fields, name),
			);
		case "targetFcstSystem":
			return named(codeTables().marsStream, textOf(facts.fields, name));
		case "activity":
		case "experiment":
		case "model":
		case "resolution":
			return named(
				grib2Tables().destine[name] ?? {},
				textOf(facts.fields, name),
			);
		case "marsForecastMonth":
			return forecastMonth(facts);
		case "referenceDate":
			return modelDate(facts);
		default:
			return undefined;
	}
}

function named(
	table: Readonly<Record<string, string>>,
	code: string | undefined,
): string | undefined {
	return code === undefined ? undefined : (table[code] ?? code);
}

/** Local sections 12 and 16: the month that the forecast time reaches, counted from the base month. */
function forecastMonth({ fields }: Facts): string | undefined {
	const number = numberOf(fields, "localNumber");
	if (number !== 12 && number !== 16) return undefined;
	const get = (name: string) => numberOf(fields, name) ?? 0;
	if (get("indicatorOfUnitForForecastTime") !== 1) return undefined;
	const reached = new Date(
		Date.UTC(
			get("year"),
			get("month") - 1,
			get("day"),
			get("hour") + get("forecastTime"),
		),
	);
	const months =
		(reached.getUTCFullYear() - get("year")) * 12 +
		reached.getUTCMonth() +
		1 -
		get("month");
	return String(get("day") === 1 && get("hour") === 0 ? months + 1 : months);
}

/** The date of the model version stands for the reference date where the template has one. */
function modelDate({ fields }: Facts): string | undefined {
	const year = numberOf(fields, "YearOfModelVersion");
	if (fields.has("referenceDate") || year === undefined) return undefined;
	return String(
		year * 10000 +
			(numberOf(fields, "MonthOfModelVersion") ?? 0) * 100 +
			(numberOf(fields, "DayOfModelVersion") ?? 0),
	);
}

/** What the tests of a rule look at. */
export interface Tested {
	readonly keys: Keys;
	readonly header: Header2;
	readonly origin: Origin;
	readonly book: Rulebook;
	readonly parameter: Parameter;
	readonly facts: Facts;
}

/** Whether one of the values holds. */
export function tests2(
	name: string,
	values: readonly unknown[],
	tested: Tested,
): boolean {
	const { keys, header, origin, book, parameter, facts } = tested;
	const { fields } = header;
	switch (name) {
		case "edition":
			return values.includes(2);
		case "mtg2":
			return values.includes(book.mtg2);
		case "centre":
		case "subCentre":
		case "localNumber":
		case "grib2LocalSectionNumber":
			return values.includes(numberOf(fields, name));
		case "paramId":
			return values.includes(parameter.paramId);
		case "range":
			return values.includes(rangeText(origin));
		case "stattype":
			return values.includes(stattype(keys.stream ?? "", header.ranges));
		case "typeOfLevel":
			return values.includes(lookUp("typeOfLevel", book, facts));
		case "defined":
			return values.every((field) => fields.has(String(field)));
		case "class":
		case "stream":
		case "type":
		case "levtype":
			return values.includes(keys[name]);
		default:
			return false;
	}
}

function rangeText({ step }: Origin): string {
	const hours =
		step?.end === undefined
			? 0
			: (step.end.seconds - step.start.seconds) / 3600;
	return hours === 0 ? "empty" : `${hours}h`;
}
