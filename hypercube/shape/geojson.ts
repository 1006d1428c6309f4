import { type Order, RingBuilder, ShapeError } from "./geometry.ts";
import type { Part } from "./polygon.ts";
import type { Ring } from "./ring.ts";

const DEEPEST = 16;

/**
 * The polygons of a GeoJSON object (RFC 7946): `Polygon`, `MultiPolygon`, `GeometryCollection`, `Feature`,
 * `FeatureCollection`. Coordinates are longitude first, as the standard has it, unless told otherwise; heights are read
 * over.
 *
 * @throws {ShapeError} saying what is wrong
 */
export function parseGeoJson(
	value: unknown,
	order: Order = "longitude-latitude",
): readonly Part[] {
	const parts: Part[] = [];
	collect(value, { parts, order }, 0);
	if (parts.length === 0) throw new ShapeError("GeoJSON holds no polygon");
	return parts;
}

interface Collected {
	readonly parts: Part[];
	readonly order: Order;
}

function collect(value: unknown, into: Collected, depth: number): void {
	if (depth > DEEPEST) throw new ShapeError("GeoJSON is nested too deep");
	const type = memberOf(value, "type");
	const deeper = (item: unknown): void => collect(item, into, depth + 1);
	if (type === "Polygon") into.parts.push(partOf(coordinates(value), into));
	else if (type === "MultiPolygon")
		for (const polygon of listOf(coordinates(value)))
			into.parts.push(partOf(polygon, into));
	else if (type === "GeometryCollection")
		listOf(memberOf(value, "geometries")).forEach(deeper);
	else if (type === "FeatureCollection")
		listOf(memberOf(value, "features")).forEach(deeper);
	else if (type === "Feature") {
		const geometry = memberOf(value, "geometry");
		if (geometry !== null && geometry !== undefined) deeper(geometry);
	} else
		throw new ShapeError(
			`GeoJSON must be Polygon, MultiPolygon, GeometryCollection, Feature or FeatureCollection, not ${String(type).slice(0, 40)}`,
		);
}

/** Rings of `[longitude, latitude]`. */
function partOf(value: unknown, { order }: Collected): Part {
	return listOf(value).map((ring) => ringOf(ring, order));
}

/** A ring from a list of pairs. */
export function ringOf(value: unknown, order: Order): Ring {
	const ring = new RingBuilder();
	for (const position of listOf(value)) {
		const [first, second] = listOf(position);
		if (typeof first !== "number" || typeof second !== "number")
			throw new ShapeError(
				`a corner must be two numbers, got ${brief(position)}`,
			);
		if (order === "longitude-latitude") ring.add(second, first);
		else ring.add(first, second);
	}
	return ring.build();
}

const coordinates = (value: unknown): unknown => memberOf(value, "coordinates");

function memberOf(value: unknown, name: string): unknown {
	if (typeof value !== "object" || value === null)
		throw new ShapeError(`GeoJSON must be an object, got ${brief(value)}`);
	return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
	if (Array.isArray(value)) return value;
	throw new ShapeError(`a list was expected, got ${brief(value)}`);
}

/** Enough of a value to find it again. */
function brief(value: unknown): string {
	if (Array.isArray(value))
		return `[${value.slice(0, 3).map(leaf).join(", ")}${value.length > 3 ? ", …" : ""}]`;
	return leaf(value);
}

function leaf(value: unknown): string {
	if (typeof value === "object" && value !== null)
		return Array.isArray(value) ? "[…]" : "{…}";
	return String(value).slice(0, 40);
}
