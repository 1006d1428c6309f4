import { type Choice, choices, choose, type Facts } from "./choose.ts";
import { climateDate, hhmm, ymd } from "./dates.ts";
import { numberOf, textOf } from "./fields.ts";
import { type Header1, readHeader1, type Sections1 } from "./header1.ts";
import { type Parameter, parameter1 } from "./parameterlists.ts";
import { type Origin, sourceOf } from "./sources.ts";
import { step1, stepType1 } from "./steps1.ts";
import {
	applyActions,
	applyStreamType,
	type Keys,
	type RuleFacts,
} from "./streamtype.ts";
import { codeTables, grib1Tables } from "./tables.ts";

/** The MARS keys of one message, and which parameter it holds. */
export interface Keyed extends Parameter {
	readonly keys: Keys;
}

/** Level types that carry a level in MARS: pressure, model levels and layers, theta, PV, 203 (ECMWF's abstract levels). */
const withLevel = new Set([100, 109, 110, 113, 117, 203]);

let domains:
	| { clustering: Choice<string>[]; tube: Choice<string>[] }
	| undefined;

/** Works out the keys of a GRIB 1 message. Throws a RangeError for a header too short to be one. */
export function keys1(sections: Sections1): Keyed {
	const header = readHeader1(sections, codeTables().centres.grib1);
	const { fields, centre, local } = header;
	const texts = new Map<string, string>();
	const facts: Facts = {
		fields,
		texts: (key) => texts.get(key),
		statistics: [],
	};
	const stepType = stepType1(centre, facts);
	if (stepType !== undefined) texts.set("stepType", stepType);
	const parameter = parameter1(centre, facts);

	const origin = originOf(header, stepType, facts);
	const keys: Keys = { date: origin.dateText, time: origin.time };
	setLevel(keys, header);
	setParam(keys, header, parameter);
	const step = origin.step?.endText;
	if (step !== undefined) keys.step = step;
	if (local !== "none") {
		setLabels(keys, header);
		if (local === "all") applyLocalRules(keys, header, origin, parameter);
	}
	return { keys, ...parameter };
}

function applyLocalRules(
	keys: Keys,
	header: Header1,
	origin: Origin,
	parameter: Parameter,
): void {
	const { fields } = header;
	const definition = textOf(fields, "localDefinitionNumber") ?? "";
	const rules: RuleFacts = {
		keys,
		source: (name) => sourceOf(origin, name),
		test: (name, values) =>
			tests(name, values, header, origin, parameter, keys),
	};
	applyActions(grib1Tables().local98.mars[definition], rules);
	applyStreamType(keys.stream ?? "", keys.type ?? "", rules);
}

function originOf(
	header: Header1,
	stepType: string | undefined,
	facts: Facts,
): Origin {
	const { fields, centre } = header;
	const get = (name: string) => numberOf(fields, name) ?? 0;
	const year = get("yearOfCentury");
	const century = get("centuryOfReferenceTimeOfData");
	const date =
		year === 255
			? undefined
			: ymd((century - 1) * 100 + year, get("month"), get("day"));
	const hour = get("hour") === 255 ? 12 : get("hour");
	const minute = get("minute") === 255 ? 0 : get("minute");
	return {
		edition: 1,
		fields,
		centre,
		date,
		dateText:
			date === undefined ? climateDate(get("month"), get("day")) : String(date),
		time: hhmm(hour, minute),
		step: step1(stepType, facts),
		own: (name) => ownSource(name, facts),
	};
}

/** Sources that only GRIB 1's local definitions have. */
function ownSource(name: string, facts: Facts): string | undefined {
	const { fields } = facts;
	if (name === "clusteringDomain" && !fields.has(name))
		return domainOf("clustering", facts);
	if (name === "tubeDomain") return domainOf("tube", facts);
	if (name === "marsForecastMonth") return forecastMonth(facts);
	if (name === "verifyingMonthPeriod") {
		const month = numberOf(fields, "verifyingMonth");
		return month === undefined
			? undefined
			: `${Math.floor(month / 1000)}-${month % 1000}`;
	}
	if (
		name === "referenceDate" &&
		numberOf(fields, "localDefinitionNumber") === 31
	)
		return textOf(fields, "dateOfForecastRun");
	return undefined;
}

function domainOf(
	kind: "clustering" | "tube",
	facts: Facts,
): string | undefined {
	const { clusteringDomain, tubeDomain } = grib1Tables();
	domains ??= {
		clustering: choices(clusteringDomain),
		tube: choices(tubeDomain),
	};
	if (kind === "clustering" && !facts.fields.has("northernLatitudeOfDomain"))
		return undefined;
	return (
		choose([domains[kind]], facts)?.value ??
		(kind === "clustering" ? "-" : "unknown")
	);
}

/** Months from the base month to the verifying one; the first counts as one when the base is its very beginning. */
function forecastMonth({ fields }: Facts): string | undefined {
	const definition = numberOf(fields, "localDefinitionNumber");
	const coded = numberOf(fields, "forecastMonth");
	if (definition === 12 && coded !== undefined && coded !== 0)
		return String(coded);
	const verifying = numberOf(fields, "verifyingMonth");
	if (verifying === undefined) return undefined;
	const get = (name: string) => numberOf(fields, name) ?? 0;
	const year =
		(get("centuryOfReferenceTimeOfData") - 1) * 100 + get("yearOfCentury");
	const months =
		(Math.floor(verifying / 100) - year) * 12 +
		(verifying % 100) -
		get("month");
	return String(get("day") === 1 && get("hour") === 0 ? months + 1 : months);
}

function setLevel(keys: Keys, { fields, centre }: Header1): void {
	const type = numberOf(fields, "indicatorOfTypeOfLevel") ?? 0;
	const level = numberOf(fields, "level") ?? 0;
	const { levtype } = grib1Tables();
	keys.levtype =
		levtype[centre]?.[String(type)] ??
		levtype.default?.[String(type)] ??
		String(type);
	if (withLevel.has(type)) keys.levelist = String(level);
	if (type === 210) keys.levelist = String(level / 100);
}

/** `parameter.table`; the Japanese reanalysis gives the id instead, and calls layers of 101 the surface. */
function setParam(keys: Keys, { fields }: Header1, parameter: Parameter): void {
	const reanalysis =
		numberOf(fields, "centre") === 34 && numberOf(fields, "subCentre") === 241;
	keys.param = `${numberOf(fields, "indicatorOfParameter")}.${numberOf(fields, "table2Version")}`;
	if (!reanalysis) return;
	keys.param = String(parameter.paramId);
	if (numberOf(fields, "indicatorOfTypeOfLevel") === 101) keys.levtype = "sfc";
}

function setLabels(keys: Keys, { fields }: Header1): void {
	const { marsClass, marsType, marsStream } = codeTables();
	const named = (table: Readonly<Record<string, string>>, field: string) => {
		const code = textOf(fields, field) ?? "0";
		return table[code] ?? code;
	};
	keys.class = named(marsClass, "marsClass");
	keys.type = named(marsType, "marsType");
	keys.stream = named(marsStream, "marsStream");
	keys.expver = textOf(fields, "expver") ?? "";
	keys.domain = "g";
}

function tests(
	name: string,
	values: readonly unknown[],
	{ fields }: Header1,
	origin: Origin,
	parameter: Parameter,
	keys: Keys,
): boolean {
	const step = origin.step;
	const hours =
		step?.end === undefined
			? 0
			: (step.end.seconds - step.start.seconds) / 3600;
	switch (name) {
		case "edition":
			return values.includes(1);
		case "mtg2":
			return values.includes(null);
		case "centre":
		case "subCentre":
			return values.includes(numberOf(fields, name));
		case "localNumber":
			return values.includes(numberOf(fields, "localDefinitionNumber"));
		case "paramId":
			return values.includes(parameter.paramId);
		case "range":
			return values.includes(hours === 0 ? "empty" : `${hours}h`);
		case "streamBelow":
			return (numberOf(fields, "marsStream") ?? 0) < Number(values[0]);
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
