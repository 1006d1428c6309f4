import type {
	Coverage,
	CoverageCollection,
	Parameter,
} from "../cube/coverage.ts";
import { coordinate } from "./numbers.ts";
import type { Layer } from "./places.ts";
import { referenceOf } from "./reference.ts";
import { type Rows, rowsOf } from "./rows.ts";

const COORDINATES = [
	"latitude",
	"longitude",
	"level",
	"time",
	"step",
	"number",
	"reference",
];

/**
 * A table (RFC 4180): a row for each place, level and instant, a column for each parameter, its units beside its name
 * (`2t [K]`), for there is no other place for them. What is missing or does not apply is empty.
 */
export async function* csv(
	collection: CoverageCollection,
): AsyncGenerator<string, void, undefined> {
	const { parameters, coverages } = collection;
	yield `${[...COORDINATES, ...parameters.map(heading)].map(cell).join(",")}\r\n`;
	for await (const coverage of coverages)
		for await (const rows of rowsOf(coverage, parameters))
			yield lines(rows, coverage);
}

function lines(rows: Rows, coverage: Coverage): string {
	const { latitudes, longitudes, columns } = rows;
	let text = "";
	let layer: Layer | undefined;
	let middle = "";
	for (let at = 0; at < latitudes.length; at += 1) {
		const here = rows.layer(at);
		if (here !== layer) middle = layerCells(here, coverage);
		layer = here;
		text += `${number(latitudes, at)},${number(longitudes, at)}${middle}`;
		for (const values of columns) text += `,${value(values[at])}`;
		text += "\r\n";
	}
	return text;
}

function layerCells({ level, instant }: Layer, { keys }: Coverage): string {
	const { time, step } = instant;
	const cells = [level, time, step, keys.number, referenceOf(instant)].map(
		(one) => cell(String(one ?? "")),
	);
	return `,${cells.join(",")}`;
}

function number(values: Float64Array, at: number): number {
	return coordinate(values[at] ?? Number.NaN);
}

function value(one: number | undefined): number | "" {
	return one !== undefined && Number.isFinite(one) ? one : "";
}

function heading({ name, units }: Parameter): string {
	return units === "" || units === "~" ? name : `${name} [${units}]`;
}

function cell(text: string): string {
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
