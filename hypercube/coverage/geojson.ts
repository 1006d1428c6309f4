import type {
	Coverage,
	CoverageCollection,
	Parameter,
} from "../cube/coverage.ts";
import { coordinate } from "./numbers.ts";
import type { Layer } from "./places.ts";
import { referenceOf } from "./reference.ts";
import { type Rows, rowsOf } from "./rows.ts";
import { west } from "./tuples.ts";

/**
 * GeoJSON (RFC 7946): a point feature for each place, level and instant, the values among its properties, longitudes in
 * [-180, 180). The level is a property too: the third coordinate would be a height above the ellipsoid. Names and units
 * stand in the member `parameters` of the collection.
 */
export async function* geojson(
	collection: CoverageCollection,
): AsyncGenerator<string, void, undefined> {
	const { parameters, coverages } = collection;
	const names = parameters.map(({ name }) => `,${JSON.stringify(name)}:`);
	let text = `{"type":"FeatureCollection","parameters":${JSON.stringify(describe(parameters))},"features":[`;
	yield text;
	text = "";
	for await (const coverage of coverages)
		for await (const rows of rowsOf(coverage, parameters)) {
			yield text + features(rows, coverage, names);
			text = ",";
		}
	yield "]}";
}

function features(
	rows: Rows,
	coverage: Coverage,
	names: readonly string[],
): string {
	const { latitudes, longitudes, columns } = rows;
	let text = "";
	let layer: Layer | undefined;
	let properties = "";
	for (let at = 0; at < latitudes.length; at += 1) {
		const here = rows.layer(at);
		if (here !== layer) properties = layerProperties(here, coverage);
		layer = here;
		const longitude = west(coordinate(longitudes[at] ?? Number.NaN));
		const latitude = coordinate(latitudes[at] ?? Number.NaN);
		text += `${at === 0 ? "" : ","}{"type":"Feature","geometry":{"type":"Point","coordinates":[${longitude},${latitude}]},"properties":{${properties}`;
		for (let nth = 0; nth < names.length; nth += 1)
			text += names[nth] + json(columns[nth]?.[at]);
		text += "}}";
	}
	return text;
}

/** JSON of the inside of an object; what does not apply is left out. */
function layerProperties(layer: Layer, { keys }: Coverage): string {
	const { level, instant } = layer;
	const { time, step } = instant;
	const reference = referenceOf(instant);
	const number = keys.number === undefined ? undefined : Number(keys.number);
	return JSON.stringify({ time, step, level, number, reference }).slice(1, -1);
}

function json(value: number | undefined): string {
	return value !== undefined && Number.isFinite(value) ? `${value}` : "null";
}

function describe(parameters: readonly Parameter[]): object {
	return Object.fromEntries(
		parameters.map(({ name, label, units, standardName }) => [
			name,
			{ label, units, standardName },
		]),
	);
}
