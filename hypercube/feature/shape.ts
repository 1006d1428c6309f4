import type { Value } from "../mars/document.ts";
import { isMapping } from "../mars/feature.ts";
import { show } from "../mars/show.ts";
import { parseGeoJson, ringOf } from "../shape/geojson.ts";
import { type Order, ShapeError } from "../shape/geometry.ts";
import type { Part } from "../shape/polygon.ts";
import { parseWkt } from "../shape/wkt.ts";
import { axesOf, HORIZONTAL, wordsOf } from "./axes.ts";
import type { Draft } from "./draft.ts";

/**
 * The polygons of the feature's `shape`: rings of places, WKT or GeoJSON. Places are latitude first, WKT and GeoJSON
 * longitude first as their standards have it; `axes` overrules both.
 */
export function inlineShape(draft: Draft): readonly Part[] | undefined {
	const { shape } = draft.feature;
	if (shape === undefined) return draft.faults.add("shape is missing");
	const words = wordsOf(draft.feature.axes);
	const axes =
		words.length > 0 ? axesOf(words, HORIZONTAL, draft.faults) : undefined;
	if (words.length > 0 && !axes) return undefined;
	const said = axes && (`${axes[0]}-${axes[1]}` as Order);
	try {
		return readShape(shape, said);
	} catch (error) {
		if (!(error instanceof ShapeError)) throw error;
		return draft.faults.add(`shape: ${error.message}`);
	}
}

function readShape(shape: Value, order: Order | undefined): readonly Part[] {
	if (typeof shape === "string")
		return /^\s*\{/.test(shape)
			? parseGeoJson(json(shape), order)
			: parseWkt(shape, order);
	if (isMapping(shape)) return parseGeoJson(shape, order);
	if (!Array.isArray(shape) || shape.length === 0)
		throw new ShapeError(
			`it must be a list of corners, WKT or GeoJSON, got ${show(shape)}`,
		);
	return listed(shape, order ?? "latitude-longitude");
}

/** A ring, several rings, or several polygons of rings; told by how deep the lists are. */
function listed(shape: readonly Value[], order: Order): readonly Part[] {
	const depth = depthOf(shape);
	if (depth === 2) return [[ringOf(shape, order)]];
	if (depth === 3) return [shape.map((ring) => ringOf(ring, order))];
	if (depth === 4)
		return shape.map((part) =>
			Array.isArray(part) ? part.map((ring) => ringOf(ring, order)) : [],
		);
	throw new ShapeError(
		"it must be a list of corners [latitude, longitude], or of rings of corners",
	);
}

function depthOf(value: Value): number {
	let depth = 0;
	for (let at: Value | undefined = value; Array.isArray(at); at = at[0])
		depth += 1;
	return depth;
}

function json(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new ShapeError("it begins as GeoJSON but is no JSON");
	}
}
