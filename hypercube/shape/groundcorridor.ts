import { arcPiece } from "./arc.ts";
import { type Section, sectionsOf } from "./corridor.ts";
import { EARTH } from "./surface.ts";
import { type Piece, unionOf } from "./swept.ts";
import {
	narrowLine,
	type Portion,
	type Reach,
	type Segment,
	segmentsNear,
	type Track,
} from "./track.ts";
import { angleOf, mix, type Vector, vectorOf } from "./vector.ts";

export interface GroundInflation {
	/** On the great circle. */
	readonly kilometres: number;
	readonly level: Reach;
	/** Hours. */
	readonly step: Reach;
}

/**
 * The corridor of so many kilometres to both sides of a track whose vertices are joined by great circles. With levels
 * and steps it is as wide all the way up, and ends at the reach of each: what flies within 50 km and within 25 hPa.
 */
export function groundCorridor(
	track: Track,
	inflation: GroundInflation,
): Section {
	const near = segmentsNear(track, inflation);
	const distance = inflation.kilometres / EARTH;
	return sectionsOf(track, (level, step) => {
		const pieces: Piece[] = [];
		for (const segment of near(level, step)) {
			const way = wayOf(segment, inflation, level, step);
			if (way) pieces.push(pieceOf(segment, way, distance));
		}
		return unionOf(pieces);
	});
}

/** What part of a segment lies within reach of a level and a step. */
function wayOf(
	segment: Segment,
	reach: GroundInflation,
	level: number,
	step: number,
): Portion | undefined {
	const way = { from: 0, to: 1 };
	if (segment.level && !narrowLine(way, segment.level, level, reach.level))
		return undefined;
	if (segment.step && !narrowLine(way, segment.step, step, reach.step))
		return undefined;
	return way;
}

function pieceOf(
	{ latitude, longitude }: Segment,
	way: Portion,
	distance: number,
): Piece {
	const start = vectorOf(latitude.start, longitude.start);
	const end = vectorOf(
		latitude.start + latitude.slope,
		longitude.start + longitude.slope,
	);
	return arcPiece(
		between(start, end, way.from),
		between(start, end, way.to),
		distance,
	);
}

/** The place at a part of the way along the great circle. */
function between(start: Vector, end: Vector, part: number): Vector {
	const angle = angleOf(start, end);
	const sine = Math.sin(angle);
	if (part === 0 || sine < 1e-12) return start;
	if (part === 1) return end;
	return mix(
		start,
		Math.sin((1 - part) * angle) / sine,
		end,
		Math.sin(part * angle) / sine,
	);
}
