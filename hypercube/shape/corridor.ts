import type { Area } from "../grid/area.ts";
import { roundPiece } from "./round.ts";
import { type Piece, unionOf } from "./swept.ts";
import {
	type Inflation,
	narrowLine,
	type Segment,
	segmentsNear,
	type Track,
	valueAt,
} from "./track.ts";

export type Section = (
	level: number | undefined,
	step: number | undefined,
) => Area | undefined;

/**
 * The corridor around a track on the plane of latitude and longitude: an ellipse (`round`; with levels and steps an
 * ellipsoid in as many dimensions) or a box, swept along straight lines. What it cuts out of a level and a step is exact:
 * for each line the values of the others are solved for, no shape is approximated.
 */
export function corridor(
	track: Track,
	inflation: Inflation,
	profile: "round" | "box",
): Section {
	const piece = profile === "round" ? roundPiece : boxPiece;
	const near = segmentsNear(track, inflation);
	return sectionsOf(track, (level, step) => {
		const pieces: Piece[] = [];
		for (const segment of near(level, step)) {
			const found = piece(segment, inflation, level, step);
			if (found) pieces.push(found);
		}
		return unionOf(pieces);
	});
}

/**
 * Sections of a corridor, each made once: other members and parameters ask for the same. What the track has no axis of
 * does not matter; of what it has, every field must say it.
 */
export function sectionsOf(
	track: Track,
	make: (level: number, step: number) => Area | undefined,
): Section {
	const made = new Map<string, Area | undefined>();
	return (level, step) => {
		if (track.levels && level === undefined) return undefined;
		if (track.steps && step === undefined) return undefined;
		const wanted = [
			(track.levels && level) ?? 0,
			(track.steps && step) ?? 0,
		] as const;
		const name = wanted.join();
		if (!made.has(name)) made.set(name, make(...wanted));
		return made.get(name);
	};
}

/** A swept box: of each axis its part of the way, of the longitude what is reached on it. */
function boxPiece(
	{ latitude, longitude, level, step }: Segment,
	reach: Inflation,
	wantedLevel: number,
	wantedStep: number,
): Piece | undefined {
	const way = { from: 0, to: 1 };
	if (level && !narrowLine(way, level, wantedLevel, reach.level))
		return undefined;
	if (step && !narrowLine(way, step, wantedStep, reach.step)) return undefined;
	const ends = [valueAt(latitude, way.from), valueAt(latitude, way.to)];
	const sides = [valueAt(longitude, way.from), valueAt(longitude, way.to)];
	return {
		south: Math.min(...ends) + reach.latitude.low,
		north: Math.max(...ends) + reach.latitude.high,
		longitudes: [
			Math.min(...sides) + reach.longitude.low,
			Math.max(...sides) + reach.longitude.high,
		],
		cut(row, pairs) {
			const part = { ...way };
			if (!narrowLine(part, latitude, row, reach.latitude)) return;
			const one = valueAt(longitude, part.from);
			const other = valueAt(longitude, part.to);
			pairs.push(
				Math.min(one, other) + reach.longitude.low,
				Math.max(one, other) + reach.longitude.high,
			);
		},
	};
}
