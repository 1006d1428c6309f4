import type {
	Coverage,
	CoverageCollection,
	Domain,
	Parameter,
} from "../../cube/coverage.ts";
import { placesOf } from "../count.ts";
import { areaGroups, levelsOf, pathGroups } from "../groups.ts";
import { coordinate, real } from "../numbers.ts";
import { series } from "../series.ts";
import { tuples, west } from "../tuples.ts";
import { hasLevel, referencing } from "./referencing.ts";

/**
 * CoverageJSON as the OGC standardised it (21-069r2): axes x (longitude in [-180, 180)), y, z and t, valid times, a
 * calendar, a vertical reference system. What all coverages share stands before the first, so a reader that streams
 * knows it in time; a coverage with other levels says so itself. Those without any place are left out.
 */
export async function* ogcCovjson(
	collection: CoverageCollection,
): AsyncGenerator<string, void, undefined> {
	const { domainType, parameters } = collection;
	let shared: string | undefined;
	let text = `{"type": "CoverageCollection","domainType":"${domainType}","parameters":${JSON.stringify(describe(parameters))},"referencing":`;
	for await (const coverage of collection.coverages) {
		const systems = referencing(coverage);
		const first = shared === undefined;
		shared ??= systems;
		if (first) text += `${shared},"coverages":[`;
		if (placesOf(coverage.domain) === 0) continue;
		yield* coverageOf(text, coverage, systems === shared ? "" : systems);
		text = ",";
	}
	yield shared === undefined ? `${text}[],"coverages":[]}` : tail(text);
}

/** The end; before it what was held back for a first coverage, if none came. */
function tail(text: string): string {
	return text === "," ? "]}" : `${text}]}`;
}

async function* coverageOf(
	before: string,
	coverage: Coverage,
	systems: string,
): AsyncGenerator<string, void, undefined> {
	const { domain, keys } = coverage;
	const { type } = domain;
	const own = systems === "" ? "" : `"referencing":${systems},`;
	yield `${before}{"type":"Coverage","mars:metadata":${JSON.stringify(keys)},"domain":{"type":"Domain","domainType":"${type}",${own}"axes":{`;
	yield* axesOf(domain);
	const count = placesOf(domain);
	let text = '}},"ranges":{';
	for (const parameter of coverage.parameters) {
		yield `${text}${JSON.stringify(parameter.name)}:{"type":"NdArray","dataType":"float","shape":[${count}],"axisNames":["${AXIS[type]}"],"values":[`;
		yield* series(coverage, parameter, count);
		text = "]},";
	}
	yield "]}}}";
}

/** The one axis of a domain that has several values. */
const AXIS = {
	PointSeries: "t",
	VerticalProfile: "z",
	MultiPoint: "composite",
	Trajectory: "composite",
} as const;

function axesOf(domain: Domain): Iterable<string> {
	switch (domain.type) {
		case "PointSeries": {
			const times = domain.instants.map(({ time }) => time);
			const z = domain.level === undefined ? [] : [domain.level];
			return [placeAxes(domain, z), timeAxis(times)];
		}
		case "VerticalProfile":
			return [
				placeAxes(domain, domain.levels),
				timeAxis([domain.instant.time]),
			];
		case "MultiPoint":
			return composite(
				hasLevel(domain) ? ["x", "y", "z"] : ["x", "y"],
				tuples(areaGroups(domain, levelsOf(domain.levels)), "longitude"),
				timeAxis([domain.instant.time]),
			);
		case "Trajectory": {
			const levelled = hasLevel(domain);
			const groups = pathGroups(
				domain,
				({ time }) => `"${time}"`,
				(level) => (levelled ? level : undefined),
			);
			return composite(
				levelled ? ["t", "x", "y", "z"] : ["t", "x", "y"],
				tuples(groups, "longitude"),
				"",
			);
		}
	}
}

function placeAxes(
	place: { readonly latitude: number; readonly longitude: number },
	levels: readonly number[],
): string {
	const x = real(west(coordinate(place.longitude)));
	const y = real(coordinate(place.latitude));
	const z =
		levels.length === 0 ? "" : `,"z":{"values":${JSON.stringify(levels)}}`;
	return `"x":{"values":[${x}]},"y":{"values":[${y}]}${z}`;
}

function timeAxis(times: readonly string[]): string {
	return `,"t":{"values":${JSON.stringify(times)}}`;
}

function* composite(
	coordinates: readonly string[],
	values: Iterable<string>,
	after: string,
): Generator<string, void, undefined> {
	yield `"composite":{"dataType":"tuple","coordinates":${JSON.stringify(coordinates)},"values":[`;
	yield* values;
	yield `]}${after}`;
}

function describe(parameters: readonly Parameter[]): object {
	return Object.fromEntries(
		parameters.map(({ name, label, units, standardName }) => [
			name,
			{
				type: "Parameter",
				description: { en: label },
				unit: { symbol: units },
				observedProperty: {
					...(standardName === undefined
						? {}
						: {
								id: `http://vocab.nerc.ac.uk/standard_name/${standardName}/`,
							}),
					label: { en: label },
				},
			},
		]),
	);
}
