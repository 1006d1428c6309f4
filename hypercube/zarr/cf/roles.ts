import type { ArrayMeta } from "../format/meta.ts";
import { isSince, unitSeconds } from "./times.ts";

/** What a coordinate says of the data. `reference`: what a forecast starts from; `time`: when the data holds. */
export type Role =
	| "latitude"
	| "longitude"
	| "reference"
	| "time"
	| "step"
	| "number"
	| "level";

const standardNames: Readonly<Record<string, Role>> = {
	latitude: "latitude",
	longitude: "longitude",
	forecast_reference_time: "reference",
	time: "time",
	forecast_period: "step",
	realization: "number",
	air_pressure: "level",
	model_level_number: "level",
	height: "level",
	altitude: "level",
	depth: "level",
	geopotential_height: "level",
	atmosphere_hybrid_sigma_pressure_coordinate: "level",
	atmosphere_sigma_coordinate: "level",
};

const names: Readonly<Record<string, Role>> = {
	lat: "latitude",
	latitude: "latitude",
	lon: "longitude",
	longitude: "longitude",
	forecast_reference_time: "reference",
	reference_time: "reference",
	init_time: "reference",
	initial_time: "reference",
	base_time: "reference",
	time: "time",
	valid_time: "time",
	step: "step",
	leadtime: "step",
	lead_time: "step",
	prediction_timedelta: "step",
	forecast_period: "step",
	number: "number",
	realization: "number",
	member: "number",
	ensemble: "number",
	ensemble_member: "number",
	ens: "number",
	level: "level",
	levelist: "level",
	lev: "level",
	plev: "level",
	pressure: "level",
	pressure_level: "level",
	model_level: "level",
	isobaricinhpa: "level",
	isobaricinpa: "level",
	hybrid: "level",
	depth: "level",
	height: "level",
};

const own = <T>(table: Readonly<Record<string, T>>, key: string) =>
	Object.hasOwn(table, key) ? table[key] : undefined;

const text = (value: unknown): string =>
	typeof value === "string" ? value.trim().toLowerCase() : "";

/** How many of a unit of pressure make a hectopascal; undefined for other units. */
export function perHectopascal(units: unknown): number | undefined {
	const unit = text(units);
	if (["hpa", "mbar", "mb", "millibar", "millibars"].includes(unit)) return 1;
	return ["pa", "pascal", "pascals"].includes(unit) ? 100 : undefined;
}

/** What a coordinate variable is (CF conventions, chapter 4): by its attributes, then by its name. */
export function roleOf({ name, attributes }: ArrayMeta): Role | undefined {
	const standardName = text(attributes.standard_name);
	const units = text(attributes.units);
	if (/^degrees?_?(north|n)$/.test(units)) return "latitude";
	if (/^degrees?_?(east|e)$/.test(units)) return "longitude";
	const told = own(standardNames, standardName);
	if (told !== undefined) return told;
	// Rotated and projected coordinates are told from true ones by their standard names.
	if (/^(grid_|projection_)/.test(standardName)) return undefined;
	const called = own(names, name.toLowerCase());
	if (isSince(attributes.units))
		return called === "reference" ? "reference" : "time";
	if (
		called === "step" ||
		(called === undefined && unitSeconds(units) !== undefined)
	)
		return called;
	const axis = text(attributes.axis);
	if (
		axis === "z" ||
		"positive" in attributes ||
		perHectopascal(units) !== undefined
	)
		return "level";
	if (axis === "e") return "number";
	return called === "time" || called === "reference" ? undefined : called;
}
