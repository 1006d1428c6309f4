import { type Area, snap } from "../grid/area.ts";
import { RequestError } from "../mars/errors.ts";
import { boundsOf, disjoint } from "./intervals.ts";
import { Spans } from "./spans.ts";

/** Something that cuts one or more intervals out of a parallel, if any. */
export interface Piece {
	readonly south: number;
	readonly north: number;
	/** `west, east` that all of it lies between, in any turn; undefined: at any longitude. */
	readonly longitudes: readonly [number, number] | undefined;
	/** Adds `west, east` of what lies in it on the parallel, in any turn. */
	cut(latitude: number, pairs: number[]): void;
}

/** A parallel that meets more pieces is a ragged one: a journey meets some dozens. */
const RAGGED = 300;

/** Pieces that all ragged parallels may meet together: seconds. */
const MOST_MET = 1e6;

/**
 * What lies in any of the pieces; found by latitude. Undefined where there are none.
 * @throws {RequestError} by `intervals`, for a path that goes to and fro so often that it would take minutes
 */
export function unionOf(pieces: readonly Piece[]): Area | undefined {
	if (pieces.length === 0) return undefined;
	const south = Float64Array.from(pieces, (piece) => piece.south);
	const north = Float64Array.from(pieces, (piece) => piece.north);
	const index = new Spans(south, north);
	const found: number[] = [];
	let met = 0;
	let bounds: { readonly of: readonly number[] | undefined } | undefined;
	return {
		get longitudes() {
			bounds ??= { of: boundsOfAll(pieces) };
			return bounds.of;
		},
		south: Math.max(
			-90,
			south.reduce((a, b) => Math.min(a, b)),
		),
		north: Math.min(
			90,
			north.reduce((a, b) => Math.max(a, b)),
		),
		intervals: (latitude) => {
			found.length = 0;
			index.search(latitude - snap, latitude + snap, found);
			if (found.length > RAGGED) met += found.length;
			if (met > MOST_MET)
				throw new RequestError([
					`The path goes to and fro too often: ${found.length} of its segments meet at a single latitude. Simplify it, or ask for its parts`,
				]);
			const pairs: number[] = [];
			for (const piece of found) pieces[piece]?.cut(latitude, pairs);
			return disjoint(pairs);
		},
	};
}

function boundsOfAll(pieces: readonly Piece[]): readonly number[] | undefined {
	const pairs: number[] = [];
	for (const { longitudes } of pieces) {
		if (longitudes === undefined) return undefined;
		pairs.push(...longitudes);
	}
	return boundsOf(pairs);
}
