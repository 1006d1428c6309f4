import type { Piece } from "./swept.ts";
import {
	type Inflation,
	type Line,
	narrowLine,
	type Portion,
	type Reach,
	type Segment,
	valueAt,
} from "./track.ts";

/** By how much of its radius squared a point may miss the boundary that it was meant to lie on. */
const TOLERANCE = 1e-9;

/** `offset + slope * t`: how far an axis is from what is wanted at a part `t` of the way, in radii. */
interface Scaled {
	readonly offset: number;
	readonly slope: number;
}

const NOTHING: Scaled = { offset: 0, slope: 0 };

/**
 * An ellipsoid swept along a segment, cut at a level and a step. A point is inside when, at some part t of the way,
 * the squares of its distances along the axes, each in radii, sum to at most 1. What the level, the step and the
 * parallel leave of that sum is a parabola of t; the longitude reached is a concave function of t, whose greatest value
 * is found in closed form.
 */
export function roundPiece(
	segment: Segment,
	reach: Inflation,
	wantedLevel: number,
	wantedStep: number,
): Piece | undefined {
	const way = { from: 0, to: 1 };
	const level = scaled(segment.level, wantedLevel, reach.level, way);
	const step = scaled(segment.step, wantedStep, reach.step, way);
	if (!level || !step || !reaches([level, step], way)) return undefined;
	const { latitude, longitude } = segment;
	const ends = [valueAt(latitude, way.from), valueAt(latitude, way.to)];
	const sides = [valueAt(longitude, way.from), valueAt(longitude, way.to)];
	const height = reach.latitude.high;
	const width = reach.longitude.high;
	return {
		south: Math.min(...ends) - height,
		north: Math.max(...ends) + height,
		longitudes: [Math.min(...sides) - width, Math.max(...sides) + width],
		cut(row, pairs) {
			const part = { ...way };
			const across = scaled(latitude, row, reach.latitude, part);
			if (!across) return;
			const axes = [level, step, across];
			const east = farthest(axes, part, longitude, reach.longitude.high);
			if (east === undefined) return;
			const back = { start: -longitude.start, slope: -longitude.slope };
			const west = farthest(axes, part, back, reach.longitude.high);
			pairs.push(-(west ?? -east), east);
		},
	};
}

/** An axis in radii. One without any narrows the way instead; undefined where nothing is left of it. */
function scaled(
	line: Line | undefined,
	wanted: number,
	reach: Reach,
	way: Portion,
): Scaled | undefined {
	if (!line) return NOTHING;
	const radius = reach.high;
	if (radius > 0)
		return {
			offset: (line.start - wanted) / radius,
			slope: line.slope / radius,
		};
	return narrowLine(way, line, wanted, reach) ? NOTHING : undefined;
}

/** What is left at `t` for the longitude: its distance in radii, squared. */
function left(axes: readonly Scaled[], t: number): number {
	let sum = 1;
	for (const { offset, slope } of axes) sum -= (offset + slope * t) ** 2;
	return sum;
}

/** The top of the parabola, and how steeply it falls. */
function parabola(axes: readonly Scaled[]): { top: number; fall: number } {
	let fall = 0;
	let rise = 0;
	for (const { offset, slope } of axes) {
		fall += slope ** 2;
		rise -= offset * slope;
	}
	return { top: fall > 0 ? rise / fall : 0, fall };
}

function reaches(axes: readonly Scaled[], way: Portion): boolean {
	const { top } = parabola(axes);
	const best = Math.max(way.from, Math.min(way.to, top));
	return left(axes, best) >= -TOLERANCE;
}

/** The greatest `longitude(t) + radius * √left(t)` on the way; undefined where nothing is left anywhere. */
function farthest(
	axes: readonly Scaled[],
	way: Portion,
	longitude: Line,
	radius: number,
): number | undefined {
	const { top, fall } = parabola(axes);
	const most = left(axes, top);
	let best = reachAt(axes, way.from, longitude, radius);
	best = greater(best, reachAt(axes, way.to, longitude, radius));
	if (fall > 0 && most >= -TOLERANCE) {
		const half = Math.sqrt(Math.max(0, most) / fall);
		const { slope } = longitude;
		const steep = Math.hypot(radius * Math.sqrt(fall), slope);
		const best0 = steep > 0 ? top + (half * slope) / steep : top;
		const low = Math.max(way.from, top - half);
		const high = Math.min(way.to, top + half);
		if (low <= high) {
			const t = Math.max(low, Math.min(high, best0));
			best = greater(best, reachAt(axes, t, longitude, radius));
		}
	}
	return best;
}

function reachAt(
	axes: readonly Scaled[],
	t: number,
	longitude: Line,
	radius: number,
): number | undefined {
	const rest = left(axes, t);
	if (rest < -TOLERANCE) return undefined;
	return valueAt(longitude, t) + radius * Math.sqrt(Math.max(0, rest));
}

const greater = (
	a: number | undefined,
	b: number | undefined,
): number | undefined =>
	a === undefined || (b !== undefined && b > a) ? b : a;
