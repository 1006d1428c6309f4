import type { Parameter } from "../../cube/coverage.ts";
import type { Attributes } from "../../netcdf/classic/header.ts";
import { verticalAxis } from "../vertical.ts";
import type { Survey } from "./survey.ts";

/** What coordinates are called here, and what CF 1.11 wants to be said of them. */
export const latitude: Attributes = {
	standard_name: "latitude",
	long_name: "latitude",
	units: "degrees_north",
};

export const longitude: Attributes = {
	standard_name: "longitude",
	long_name: "longitude",
	units: "degrees_east",
};

const moment: Attributes = {
	units: "seconds since 1970-01-01 00:00:00",
	calendar: "proleptic_gregorian",
	units_metadata: "leap_seconds: none",
};

export const time: Attributes = {
	standard_name: "time",
	long_name: "time at which the data holds",
	...moment,
};

export const reference: Attributes = {
	standard_name: "forecast_reference_time",
	long_name: "start of the forecast",
	...moment,
};

export const period: Attributes = {
	standard_name: "forecast_period",
	long_name: "time since the start of the forecast",
	units: "hours",
};

export const realization: Attributes = {
	standard_name: "realization",
	long_name: "number of the member of the ensemble",
	units: "1",
};

/** Levels: with a unit, unless they count different things. */
export function level({ first, keys }: Survey): Attributes {
	if (keys.get("levtype")?.same === false) return { long_name: "level" };
	const axis = verticalAxis(first.keys.levtype);
	return {
		...(axis.standardName !== undefined && {
			standard_name: axis.standardName,
		}),
		long_name: axis.name,
		units: axis.unit.replace(/^10-9 /, "1e-9 "),
		positive: axis.direction,
		axis: "Z",
	};
}

/** A parameter; what its own source says of units stays beside what UDUNITS understands. */
export function parameter(
	{ label, units, standardName, id }: Parameter,
	coordinates: readonly string[],
): Attributes {
	const plain = udunits(units);
	return {
		...(standardName !== undefined && { standard_name: standardName }),
		long_name: label,
		...(plain !== undefined && { units: plain }),
		...(plain !== units && units !== "" && { GRIB_units: units }),
		...(id !== undefined && { GRIB_paramId: Int32Array.of(id) }),
		...(coordinates.length > 0 && { coordinates: coordinates.join(" ") }),
	};
}

const plainNumbers = [
	"(0 - 1)",
	"(-1 to 1)",
	"-",
	"1",
	"dimensionless",
	"fraction",
	"numeric",
	"proportion",
];

/** Units as CF wants them; undefined where there are none, or a code instead. */
export function udunits(units: string): string | undefined {
	const text = units.trim();
	if (plainNumbers.includes(text.toLowerCase())) return "1";
	if (/^deg(ree|\.)? true$/i.test(text)) return "degree";
	return /^(|~|\(?code\b.*|reserved|missing|various)$/i.test(text)
		? undefined
		: text;
}
