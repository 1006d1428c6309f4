import type { Value } from "../mars/document.ts";
import { show } from "../mars/show.ts";
import { parseGeoJson } from "../shape/geojson.ts";
import { ShapeError } from "../shape/geometry.ts";
import type { Part } from "../shape/polygon.ts";
import { parseShp } from "../shape/shp.ts";
import { parseWkt } from "../shape/wkt.ts";
import type { Draft, ShapeFile } from "./draft.ts";
import type { CompiledFeature } from "./feature.ts";
import { compileParts } from "./polygon.ts";
import { inlineShape } from "./shape.ts";

/** `shapefile`: all points inside or on the boundary of a shape that the server has by name, or of one written out. */
export async function compileShapefile(
	draft: Draft,
): Promise<CompiledFeature | undefined> {
	const { feature, faults } = draft;
	if (feature.file === undefined && feature.shape === undefined)
		return faults.add(
			"Shapefile must have a file, the name of a shape, or a shape",
		);
	if (feature.file !== undefined && feature.shape !== undefined)
		return faults.add(
			"Shapefile is overspecified: it has both a file and a shape",
		);
	const parts =
		feature.file === undefined
			? inlineShape(draft)
			: await namedShape(draft, feature.file);
	return parts && compileParts(draft, "shapefile", parts);
}

/** A name of one file in one folder: nothing that leads elsewhere. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_ .()+-]{0,127}$/u;

/** Whether the text is a name, and so no path. */
export const isShapeName = (name: string): boolean =>
	NAME.test(name) && !name.includes("..");

async function namedShape(
	{ options, faults }: Draft,
	file: Value,
): Promise<readonly Part[] | undefined> {
	const name = typeof file === "string" ? file.trim() : "";
	if (!isShapeName(name))
		return faults.add(
			`file is the name of a shape that the server has, never a path: ${show(file)}. Else give shape as GeoJSON or WKT`,
		);
	const found = await options.load?.(name);
	if (!found)
		return faults.add(
			`There is no shape of the name ${show(name)} here: give shape as GeoJSON or WKT`,
		);
	try {
		return parseFile(found);
	} catch (error) {
		if (!(error instanceof ShapeError)) throw error;
		for (const fault of error.faults) faults.add(`${show(name)}: ${fault}`);
		return undefined;
	}
}

function parseFile({ format, bytes }: ShapeFile): readonly Part[] {
	if (format === "shp") return parseShp(bytes);
	const text = new TextDecoder().decode(bytes);
	if (format === "wkt") return parseWkt(text);
	try {
		return parseGeoJson(JSON.parse(text));
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		throw new ShapeError("it is no JSON");
	}
}
