import {
	type Order,
	RingBuilder,
	ShapeError,
	WrongCorners,
} from "./geometry.ts";
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
	const wrong = new WrongCorners();
	collect(value, { parts, order, wrong }, 0);
	wrong.settle();
	if (parts.length === 0) throw new ShapeError("GeoJSON holds no polygon");
	return parts;
}

/** How corners are read, and where it is told which are none. */
export interface Reading {
	readonly order: Order;
	readonly wrong: WrongCorners;
}

interface Collected extends Reading {
	readonly parts: Part[];
}

const TYPES =
	"Polygon, MultiPolygon, GeometryCollection, Feature or FeatureCollection";

function collect(value: unknown, into: Collected, depth: number): void {
	const { parts, wrong } = into;
	if (depth > DEEPEST) wrong.fail("GeoJSON is nested too deep");
	if (typeof value !== "object" || value === null) {
		wrong.add(`GeoJSON must be an object, got ${brief(value)}`);
		return;
	}
	const type = memberOf(value, "type");
	const list = (name: string): readonly unknown[] => {
		const member = memberOf(value, name);
		if (member !== undefined) return listOf(member, wrong);
		wrong.add(`GeoJSON ${type} has no ${name}`);
		return [];
	};
	const deeper = (item: unknown): void => collect(item, into, depth + 1);
	if (type === "Polygon") parts.push(ringsOf(list("coordinates"), into));
	else if (type === "MultiPolygon")
		for (const polygon of list("coordinates"))
			parts.push(ringsOf(polygon, into));
	else if (type === "GeometryCollection") list("geometries").forEach(deeper);
	else if (type === "FeatureCollection") list("features").forEach(deeper);
	else if (type === "Feature") {
		const geometry = memberOf(value, "geometry");
		if (geometry !== null && geometry !== undefined) deeper(geometry);
	} else if (type === undefined)
		wrong.add(`GeoJSON has no type: it must be ${TYPES}`);
	else wrong.add(`GeoJSON must be ${TYPES}, not ${brief(type)}`);
}

/** Rings from a list of lists of pairs. */
export const ringsOf = (value: unknown, reading: Reading): Part =>
	listOf(value, reading.wrong).map((ring) => ringOf(ring, reading));

/** A ring from a list of pairs. */
export function ringOf(value: unknown, { order, wrong }: Reading): Ring {
	const ring = new RingBuilder(wrong);
	for (const position of listOf(value, wrong)) {
		const [first, second] = Array.isArray(position) ? position : [];
		if (typeof first !== "number" || typeof second !== "number")
			wrong.add(`a corner must be two numbers, got ${brief(position)}`);
		else if (order === "longitude-latitude") ring.add(second, first);
		else ring.add(first, second);
	}
	return ring.build();
}

const memberOf = (value: object, name: string): unknown =>
	Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;

function listOf(value: unknown, wrong: WrongCorners): readonly unknown[] {
	if (Array.isArray(value)) return value;
	wrong.add(`a list was expected, got ${brief(value)}`);
	return [];
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
	const text = String(value).slice(0, 40);
	return text.trim() === "" ? "empty" : text;
}
