import type { Outline } from "../../cube/coverage.ts";
import type {
	Attributes,
	ClassicVariable,
	Dimension,
} from "../../netcdf/classic/header.ts";
import { padded } from "../../netcdf/classic/types.ts";
import { coordinate } from "../numbers.ts";
import type { Places } from "../places.ts";
import { referenceOf } from "../reference.ts";
import * as describe from "./describe.ts";
import { instantsOf, memberOf, type Survey, secondsOf } from "./survey.ts";

/** One number, or text, of each coverage. */
export interface Column {
	readonly name: string;
	readonly type: "float64" | "int32" | { readonly octets: number };
	readonly attributes: Attributes;
	/** @param nth the place of the coverage in the collection */
	of(outline: Outline, nth: number): number | string;
}

/** One number of each place. */
export interface PlaceColumn {
	readonly name: string;
	readonly attributes: Attributes;
	of(places: Places, at: number): number;
}

/** What each coverage has one of: its place and time as far as they do not vary in it, its member, its keys. */
export function columnsOf(survey: Survey): Column[] {
	const { coverages, members, keys, oneStart } = survey;
	const columns = domainColumns(survey);
	if (oneStart)
		columns.push(
			column("forecast_reference_time", describe.reference, ({ reference }) =>
				secondsOf(reference),
			),
		);
	if (members > 0)
		columns.push({
			...column("realization", describe.realization, memberOf),
			type: members === coverages ? "int32" : "float64",
		});
	for (const [key, { same, most }] of keys)
		if (!same)
			columns.push({
				name: `mars_${key}`,
				type: { octets: padded(Math.max(1, most)) },
				attributes: { long_name: `MARS key ${key}`, _Encoding: "utf-8" },
				of: ({ keys }) => keys[key] ?? "",
			});
	return columns;
}

/** Keys that all coverages share, as attributes of the file. */
export const sharedKeys = ({ keys }: Survey): Attributes =>
	Object.fromEntries(
		[...keys].flatMap(([key, { same, text }]) =>
			same ? [[`mars_${key}`, text]] : [],
		),
	);

/** Which of many a coverage is, by its place: what CF wants of discrete geometries. */
export const roleColumn = (role: string): Column => ({
	name: role,
	type: "int32",
	attributes: { cf_role: `${role}_id`, long_name: `number of the ${role}` },
	of: (_, nth) => nth,
});

const column = (
	name: string,
	attributes: Attributes,
	of: (outline: Outline) => number,
): Column => ({ name, type: "float64", attributes, of });

function domainColumns(survey: Survey): Column[] {
	const { domain } = survey.first;
	if (domain.type === "Trajectory") return [];
	const place = [
		column("latitude", describe.latitude, ({ domain }) =>
			"latitude" in domain ? coordinate(domain.latitude) : Number.NaN,
		),
		column("longitude", describe.longitude, ({ domain }) =>
			"longitude" in domain ? coordinate(domain.longitude) : Number.NaN,
		),
	];
	if (domain.type === "PointSeries") {
		const level = column("level", describe.level(survey), ({ domain }) =>
			domain.type === "PointSeries" ? (domain.level ?? Number.NaN) : Number.NaN,
		);
		return survey.any.level ? [...place, level] : place;
	}
	const time = column("time", describe.time, ({ domain }) =>
		secondsOf(instantsOf(domain)[0]?.time ?? ""),
	);
	const period = column(
		"forecast_period",
		describe.period,
		({ domain }) => instantsOf(domain)[0]?.step ?? Number.NaN,
	);
	const when = survey.any.step ? [time, period] : [time];
	return domain.type === "MultiPoint" ? when : [...place, ...when];
}

/** What varies along the places of a coverage. */
export function placeColumnsOf(survey: Survey): PlaceColumn[] {
	const { domain } = survey.first;
	const place: PlaceColumn[] = [
		{
			name: "latitude",
			attributes: describe.latitude,
			of: ({ latitudes }, at) => coordinate(latitudes[at] ?? Number.NaN),
		},
		{
			name: "longitude",
			attributes: describe.longitude,
			of: ({ longitudes }, at) => coordinate(longitudes[at] ?? Number.NaN),
		},
	];
	const when: PlaceColumn[] = [
		{
			name: "time",
			attributes: describe.time,
			of: (places, at) => secondsOf(places.layer(at).instant.time),
		},
	];
	if (survey.any.step)
		when.push({
			name: "forecast_period",
			attributes: describe.period,
			of: (places, at) => places.layer(at).instant.step ?? Number.NaN,
		});
	if (!survey.oneStart)
		when.push({
			name: "forecast_reference_time",
			attributes: describe.reference,
			of: (places, at) => secondsOf(referenceOf(places.layer(at).instant)),
		});
	const level: PlaceColumn[] = [
		{
			name: "level",
			attributes: describe.level(survey),
			of: (places, at) => places.layer(at).level ?? Number.NaN,
		},
	];
	const levels = survey.any.level ? level : [];
	switch (domain.type) {
		case "PointSeries":
			return when;
		case "VerticalProfile":
			return level;
		case "MultiPoint":
			return [...place, ...levels];
		case "Trajectory":
			return [...place, ...when, ...levels];
	}
}

/** The array of a column along a dimension; texts have one more, of their octets. */
export function columnVariable(
	{ name, type, attributes }: Column,
	along: Dimension,
): ClassicVariable {
	if (typeof type === "string")
		return { name, type, dimensions: [along], attributes };
	const octets = { name: `${name}_octets`, length: type.octets };
	return { name, type: "char", dimensions: [along, octets], attributes };
}

/** The octets of a value of a column. */
export const columnOctets = ({ type }: Column): number => {
	if (typeof type !== "string") return type.octets;
	return type === "int32" ? 4 : 8;
};

/** Writes a value of a column into octets that are zero. */
export function writeColumn(
	{ type }: Column,
	value: number | string,
	to: Buffer,
	at: number,
): void {
	if (typeof value === "string") to.write(value, at);
	else if (type === "int32") to.writeInt32BE(value, at);
	else to.writeDoubleBE(value, at);
}
