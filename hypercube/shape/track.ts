import { snap } from "../grid/area.ts";
import { Spans } from "./spans.ts";

/** A path through space and, where it says so, levels and steps: a value a vertex, longitudes unrolled. */
export interface Track {
	readonly latitudes: Float64Array;
	readonly longitudes: Float64Array;
	readonly levels?: Float64Array;
	/** Hours. */
	readonly steps?: Float64Array;
}

/** How far a corridor reaches from its track along each axis: from `low` to `high`, which is `-r` to `r` if centred. */
export interface Reach {
	readonly low: number;
	readonly high: number;
}

/** Reaches along the axes, those of level and step only where the track has them. Degrees; the level's units; hours. */
export interface Inflation {
	readonly latitude: Reach;
	readonly longitude: Reach;
	readonly level: Reach;
	readonly step: Reach;
}

/** What part of the way from one vertex to the next is meant, 0 to 1. */
export interface Portion {
	from: number;
	to: number;
}

/**
 * Narrows a portion of the way to where a value that runs from `start` to `end` comes within reach of `wanted`.
 * False when it never does.
 */
export function narrow(
	portion: Portion,
	start: number,
	end: number,
	wanted: number,
	{ low, high }: Reach,
): boolean {
	const slope = end - start;
	if (slope === 0)
		return start >= wanted - high - snap && start <= wanted - low + snap;
	const one = (wanted - high - start) / slope;
	const other = (wanted - low - start) / slope;
	portion.from = Math.max(portion.from, Math.min(one, other));
	portion.to = Math.min(portion.to, Math.max(one, other));
	const missed = portion.from - portion.to;
	if (missed <= 0) return true;
	// What was meant to touch, touches.
	portion.to = portion.from;
	return missed * Math.abs(slope) <= snap;
}

/** Longitudes that go the short way from one to the next. */
export function unrollTrack(longitudes: readonly number[]): Float64Array {
	const unrolled = Float64Array.from(longitudes);
	let turns = 0;
	for (let at = 1; at < unrolled.length; at++) {
		const step = (longitudes[at] ?? 0) - (longitudes[at - 1] ?? 0);
		if (Math.abs(step) > 180)
			turns -= Math.sign(step) * Math.ceil((Math.abs(step) - 180) / 360);
		unrolled[at] = (longitudes[at] ?? 0) + 360 * turns;
	}
	return unrolled;
}

/** The way from one vertex to the next: value there, and how much it changes. */
export interface Segment {
	readonly latitude: Line;
	readonly longitude: Line;
	readonly level: Line | undefined;
	readonly step: Line | undefined;
}

export interface Line {
	readonly start: number;
	readonly slope: number;
}

function segmentsOf(track: Track): readonly Segment[] {
	const count = Math.max(1, track.latitudes.length - 1);
	return Array.from({ length: count }, (_, at) => ({
		latitude: lineOf(track.latitudes, at),
		longitude: lineOf(track.longitudes, at),
		level: track.levels && lineOf(track.levels, at),
		step: track.steps && lineOf(track.steps, at),
	}));
}

/** Finds the segments that come within reach of a level and a step, or a few more: not all are looked at for each. */
export function segmentsNear(
	track: Track,
	{ level, step }: Pick<Inflation, "level" | "step">,
): (level: number, step: number) => readonly Segment[] {
	const segments = segmentsOf(track);
	const upright = track.steps ?? track.levels;
	if (!upright) return () => segments;
	const reach = track.steps ? step : level;
	const ends = segments.map((_, at) => {
		const { start, slope } = lineOf(upright, at);
		return [Math.min(start, start + slope), Math.max(start, start + slope)];
	});
	const low = Float64Array.from(
		ends,
		([least = 0]) => least + reach.low - snap,
	);
	const high = Float64Array.from(
		ends,
		([, most = 0]) => most + reach.high + snap,
	);
	const index = new Spans(low, high);
	return (wantedLevel, wantedStep) => {
		const wanted = track.steps ? wantedStep : wantedLevel;
		const found: number[] = [];
		index.search(wanted, wanted, found);
		return found.flatMap((at) => segments[at] ?? []);
	};
}

function lineOf(values: Float64Array, at: number): Line {
	const start = values[at] ?? 0;
	return { start, slope: (values[at + 1] ?? start) - start };
}

export const valueAt = ({ start, slope }: Line, part: number): number =>
	start + slope * part;

export const narrowLine = (
	portion: Portion,
	{ start, slope }: Line,
	wanted: number,
	reach: Reach,
): boolean => narrow(portion, start, start + slope, wanted, reach);
