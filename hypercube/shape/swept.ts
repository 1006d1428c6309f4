import { type Area, snap } from "../grid/area.ts";
import { disjoint } from "./intervals.ts";
import { Spans } from "./spans.ts";

/** Something that cuts one or more intervals out of a parallel, if any. */
export interface Piece {
	readonly south: number;
	readonly north: number;
	/** Adds `west, east` of what lies in it on the parallel, in any turn. */
	cut(latitude: number, pairs: number[]): void;
}

/** What lies in any of the pieces; found by latitude. Undefined where there are none. */
export function unionOf(pieces: readonly Piece[]): Area | undefined {
	if (pieces.length === 0) return undefined;
	const south = Float64Array.from(pieces, (piece) => piece.south);
	const north = Float64Array.from(pieces, (piece) => piece.north);
	const index = new Spans(south, north);
	const found: number[] = [];
	return {
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
			const pairs: number[] = [];
			for (const piece of found) pieces[piece]?.cut(latitude, pairs);
			return disjoint(pairs);
		},
	};
}
