import type {
	AreaDomain,
	Coverage,
	CoverageCollection,
	Parameter,
	PathDomain,
	ProfileDomain,
	SeriesDomain,
} from "../../cube/coverage.ts";
import { placesOf } from "../count.ts";
import { areaGroups, levelsOf, pathGroups } from "../groups.ts";
import { coordinate, real } from "../numbers.ts";
import { absent, series } from "../series.ts";
import { tuples } from "../tuples.ts";
import { metadata } from "./metadata.ts";
import { type Variant, variantOf } from "./variant.ts";

/** Characters that are worth a piece of their own. */
const LARGE = 8192;

const CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/**
 * CoverageJSON as covjsonkit writes it and earthkit-data reads it, though it is not quite what the standard says. It
 * begins with `{"type": "CoverageCollection"`, blank and all: that is how readers know it. Where a coverage has no
 * values of a parameter that others have, they are written as missing, for those readers expect every parameter.
 */
export async function* polytopeCovjson(
	collection: CoverageCollection,
): AsyncGenerator<string, void, undefined> {
	const { feature, domainType, parameters } = collection;
	const type = feature === "trajectory" ? "Trajectory" : domainType;
	// Readers have a first byte before anything is read.
	yield `{"type": "CoverageCollection","domainType":"${type}","coverages":[`;
	let text = "";
	let axes: readonly string[] = [];
	for await (const coverage of collection.coverages) {
		const variant = variantOf(feature, coverage);
		axes = variant.axes;
		yield* coverageOf(text, feature, coverage, variant, parameters);
		text = ",";
	}
	const coordinates = type === "Trajectory" ? ["t", ...axes] : axes;
	yield `],"referencing":${JSON.stringify([{ coordinates, system: { type: "GeographicCRS", id: CRS84 } }])},"parameters":${JSON.stringify(Object.fromEntries(parameters.map((parameter) => [parameter.name, described(parameter)])))}}`;
}

async function* coverageOf(
	before: string,
	feature: string,
	coverage: Coverage,
	variant: Variant,
	parameters: readonly Parameter[],
): AsyncGenerator<string, void, undefined> {
	const about = JSON.stringify(metadata(feature, coverage, variant));
	const { domain } = coverage;
	// Small coverages are one piece: there may be ten thousand, and each piece costs several turns of the event loop.
	let text = `${before}{"mars:metadata":${about},"type":"Coverage","domain":{"type":"Domain","axes":{`;
	for (const piece of axesOf(feature, coverage, variant)) {
		text += piece;
		if (text.length < LARGE) continue;
		yield text;
		text = "";
	}
	const count = placesOf(domain);
	let between = '}},"ranges":{';
	for (const parameter of parameters) {
		const name = JSON.stringify(parameter.name);
		const axis = domain.type === "VerticalProfile" ? '"levelist"' : name;
		text += `${between}${name}:{"type":"NdArray","dataType":"float","shape":[${count}],"axisNames":[${axis}],"values":[`;
		const own = coverage.parameters.find(({ name }) => name === parameter.name);
		const values =
			own === undefined ? absent(count) : series(coverage, own, count);
		for await (const piece of values) {
			text += piece;
			if (text.length < LARGE) continue;
			yield text;
			text = "";
		}
		between = "]},";
	}
	yield `${text}]}}}`;
}

function axesOf(
	feature: string,
	{ domain, reference }: Coverage,
	variant: Variant,
): Iterable<string> {
	switch (domain.type) {
		case "PointSeries":
			return seriesAxes(domain, variant);
		case "VerticalProfile":
			return profileAxes(domain, variant);
		case "MultiPoint":
			return feature === "trajectory"
				? pathAxes(domain, variant)
				: areaAxes(domain, variant, reference);
		case "Trajectory":
			return pathAxes(domain, variant);
	}
}

function* seriesAxes(
	{ latitude, longitude, level, instants }: SeriesDomain,
	{ time }: Variant,
): Generator<string, void, undefined> {
	const times = instants.map((instant) => time(instant.time));
	yield `${placeAxes(latitude, longitude, [level ?? 0])},"t":{"values":${JSON.stringify(times)}}`;
}

function* profileAxes(
	{ latitude, longitude, levels, instant }: ProfileDomain,
	{ time }: Variant,
): Generator<string, void, undefined> {
	yield `${placeAxes(latitude, longitude, levels)},"t":{"values":["${time(instant.time)}"]}`;
}

/** These are named so whatever the referencing says. */
function placeAxes(
	latitude: number,
	longitude: number,
	levels: readonly number[],
): string {
	return `"latitude":{"values":[${real(coordinate(latitude))}]},"longitude":{"values":[${real(coordinate(longitude))}]},"levelist":{"values":${JSON.stringify(levels)}}`;
}

function* areaAxes(
	domain: AreaDomain,
	{ axes, areaTime, time }: Variant,
	reference: string,
): Generator<string, void, undefined> {
	const t = areaTime === "valid" ? time(domain.instant.time) : reference;
	yield `"t":{"values":["${t}"]},"composite":{"dataType":"tuple","coordinates":${JSON.stringify(axes)},"values":[`;
	const levels = levelsOf(domain.levels).map((level) => level ?? 0);
	yield* tuples(areaGroups(domain, levels), "latitude");
	yield "]}";
}

function* pathAxes(
	domain: PathDomain | AreaDomain,
	{ axes, pathTime }: Variant,
): Generator<string, void, undefined> {
	yield `"composite":{"dataType":"tuple","coordinates":${JSON.stringify(["t", ...axes])},"values":[`;
	const groups = pathGroups(
		domain,
		(instant) => JSON.stringify(pathTime(instant)),
		(level) => level ?? 0,
	);
	yield* tuples(groups, "latitude");
	yield "]}";
}

function described({ name, label, units }: Parameter): object {
	return {
		type: "Parameter",
		description: { en: label },
		unit: { symbol: units },
		observedProperty: { id: name, label: { en: label } },
	};
}
