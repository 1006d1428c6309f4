import { halfWidth, widestBounds } from "./circle.ts";
import { fold } from "./intervals.ts";
import type { Piece } from "./swept.ts";
import {
	angleOf,
	cross,
	dot,
	latitudeOf,
	lengthOf,
	longitudeOf,
	mix,
	type Vector,
	vectorOf,
} from "./vector.ts";

const RADIANS = Math.PI / 180;

/** Radians by which a point may miss the boundary that it was meant to lie on: six micrometres. */
const TOLERANCE = 1e-12;

/** An arc of a great circle, and all places within some distance of it. */
interface Arc {
	readonly start: Vector;
	readonly end: Vector;
	/** Pole of its circle; the direction at its start. */
	readonly pole: Vector;
	readonly ahead: Vector;
	/** Radians. */
	readonly length: number;
	readonly distance: number;
}

/** Places within `distance` radians of the great-circle arc between two places that are not opposite each other. */
export function arcPiece(start: Vector, end: Vector, distance: number): Piece {
	const arc = arcOf(start, end, distance);
	const [south, north] = bounds(arc);
	return {
		south,
		north,
		longitudes: sides(arc, Math.max(-south, north)),
		cut: (latitude, pairs) => cutArc(arc, latitude, pairs),
	};
}

function arcOf(start: Vector, end: Vector, distance: number): Arc {
	const normal = cross(start, end);
	const size = lengthOf(normal);
	const length = angleOf(start, end);
	// Of two places that are one any circle through it will do.
	const other = size > 1e-15 ? normal : cross(start, pointOff(start));
	const pole = mix(other, 1 / lengthOf(other), start, 0);
	const ahead = cross(pole, start);
	return { start, end, pole, ahead, length, distance };
}

const pointOff = ({ x }: Vector): Vector =>
	Math.abs(x) < 0.5 ? { x: 1, y: 0, z: 0 } : { x: 0, y: 1, z: 0 };

/** Degrees of latitude that it reaches from and to. */
function bounds(arc: Arc): readonly [number, number] {
	const ends = [latitudeOf(arc.start), latitudeOf(arc.end)];
	const reach = arc.distance / RADIANS;
	for (const top of [1, -1]) {
		const summit = mix({ x: 0, y: 0, z: top }, 1, arc.pole, -top * arc.pole.z);
		const along = Math.atan2(dot(summit, arc.ahead), dot(summit, arc.start));
		if (lengthOf(summit) > 1e-12 && along >= 0 && along <= arc.length)
			ends.push(latitudeOf(summit));
	}
	return [
		Math.max(-90, Math.min(...ends) - reach),
		Math.min(90, Math.max(...ends) + reach),
	];
}

/**
 * Degrees of longitude that it reaches from and to; undefined where it may go round a pole.
 * @param farthest from the equator, all of it
 */
function sides(
	{ start, end, distance }: Arc,
	farthest: number,
): readonly [number, number] | undefined {
	const west = longitudeOf(start);
	const step = longitudeOf(end) - west;
	const east = west + step - 360 * Math.round(step / 360);
	// An arc of half a turn may go either way.
	if (Math.abs(east - west) > 180 - 1e-6) return undefined;
	const ends = [Math.min(west, east), Math.max(west, east)] as const;
	const [from, to] =
		widestBounds(distance, farthest - distance / RADIANS, ends) ?? [];
	return from === undefined || to === undefined ? undefined : [from, to];
}

/** The parallel, cut wherever it may enter or leave; what of it lies inside is asked in the middle of each part. */
function cutArc(arc: Arc, latitude: number, pairs: number[]): void {
	const places = candidates(arc, latitude)
		.map(fold)
		.sort((a, b) => a - b);
	for (const [at, west] of places.entries()) {
		const east = places[at + 1] ?? (places[0] ?? 0) + 360;
		if (holds(arc, latitude, (west + east) / 2)) pairs.push(west, east);
		else if (holds(arc, latitude, west)) pairs.push(west, west);
	}
	if (places.length === 0 && holds(arc, latitude, 0)) pairs.push(0, 360);
}

function holds(arc: Arc, latitude: number, longitude: number): boolean {
	const place = vectorOf(latitude, longitude);
	const along = Math.atan2(dot(place, arc.ahead), dot(place, arc.start));
	const most = arc.distance + TOLERANCE;
	if (along >= 0 && along <= arc.length)
		return Math.abs(Math.asin(clamp(dot(place, arc.pole)))) <= most;
	return angleOf(place, arc.start) <= most || angleOf(place, arc.end) <= most;
}

/** Longitudes at which the parallel meets the circles round both ends, and the planes that bound the strip between. */
function candidates(arc: Arc, latitude: number): number[] {
	const places: number[] = [];
	for (const end of [arc.start, arc.end]) {
		const half = halfWidth(
			arc.distance,
			latitudeOf(end) * RADIANS,
			latitude * RADIANS,
		);
		const middle = longitudeOf(end);
		if (half !== undefined && half < Math.PI)
			places.push(middle - half / RADIANS, middle + half / RADIANS);
	}
	const side = Math.sin(arc.distance);
	meet(arc.pole, side, latitude, places);
	meet(arc.pole, -side, latitude, places);
	meet(arc.ahead, 0, latitude, places);
	meet(cross(arc.pole, arc.end), 0, latitude, places);
	return places;
}

/** Where the parallel meets the plane of all points with `normal · point = offset`. */
function meet(
	normal: Vector,
	offset: number,
	latitude: number,
	places: number[],
): void {
	const across = Math.cos(latitude * RADIANS) * Math.hypot(normal.x, normal.y);
	const rest = offset - normal.z * Math.sin(latitude * RADIANS);
	if (Math.abs(rest) > across + 1e-15 || across < 1e-15) return;
	const middle = longitudeOf(normal);
	const half = Math.acos(clamp(rest / across)) / RADIANS;
	places.push(middle - half, middle + half);
}

const clamp = (sine: number): number => Math.max(-1, Math.min(1, sine));
