import type { Value } from "../mars/document.ts";
import { isMapping } from "../mars/feature.ts";
import {
	parseGeoJson,
	type Reading,
	ringOf,
	ringsOf,
} from "../shape/geojson.ts";
import { type Order, ShapeError, WrongCorners } from "../shape/geometry.ts";
import type { Part } from "../shape/polygon.ts";
import { parseWkt } from "../shape/wkt.ts";
import { axesOf, HORIZONTAL, wordsOf } from "./axes.ts";
import { type Draft, written } from "./draft.ts";

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
	const said = axes && (`${axes[0]}-${axes[1]}` as Order);
	const read = attempt(shape, said);
	if (!(read instanceof ShapeError)) return read;
	for (const fault of axes || words.length === 0 ? read.faults : common(shape))
		draft.faults.add(`shape: ${fault}`);
	return undefined;
}

function attempt(
	shape: Value,
	order: Order | undefined,
): readonly Part[] | ShapeError {
	try {
		return readShape(shape, order);
	} catch (error) {
		if (error instanceof ShapeError) return error;
		throw error;
	}
}

/** Faults whichever of two coordinates comes first. */
function common(shape: Value): readonly string[] {
	const [one, other] = (
		["latitude-longitude", "longitude-latitude"] as const
	).map((order) => attempt(shape, order));
	if (!(one instanceof ShapeError && other instanceof ShapeError)) return [];
	return one.faults.filter((fault) => other.faults.includes(fault));
}

function readShape(shape: Value, order: Order | undefined): readonly Part[] {
	if (typeof shape === "string")
		return /^\s*\{/.test(shape)
			? parseGeoJson(json(shape), order)
			: parseWkt(shape, order);
	if (isMapping(shape)) return parseGeoJson(shape, order);
	if (!Array.isArray(shape) || shape.length === 0)
		throw new ShapeError(
			`it must be a list of corners, WKT or GeoJSON, got ${written(shape)}`,
		);
	return listed(shape, order ?? "latitude-longitude");
}

/** A ring, several rings, or several polygons of rings; told by how deep the lists are. */
function listed(shape: readonly Value[], order: Order): readonly Part[] {
	const depth = depthOf(shape);
	const wrong = new WrongCorners();
	const parts = partsOf(shape, depth, { order, wrong });
	wrong.settle();
	return parts;
}

function partsOf(
	shape: readonly Value[],
	depth: number,
	reading: Reading,
): readonly Part[] {
	if (depth === 2) return [[ringOf(shape, reading)]];
	if (depth === 3) return [ringsOf(shape, reading)];
	if (depth === 4) return shape.map((part) => ringsOf(part, reading));
	throw new ShapeError(
		"it must be a list of corners [latitude, longitude], or of rings of corners",
	);
}

function depthOf(value: Value): number {
	let depth = 0;
	for (
		let at: Value | undefined = value;
		Array.isArray(at);
		at = at.find(Array.isArray)
	)
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
