import type { Ranges } from "../../grid/ranges.ts";

/**
 * Runs of coded values and where they go, as triples `first, end, to, …`: values `first` up to `end` in the order of
 * the data section, to places from `to` on. Ascending.
 */
export type Pieces = Uint32Array;

/** The pieces of a field without a bitmap. */
export function piecesOf(ranges: Ranges): Pieces {
	const pieces = new Uint32Array((ranges.length / 2) * 3);
	let to = 0;
	for (let i = 0, at = 0; i < ranges.length; i += 2) {
		const first = ranges[i] ?? 0;
		const end = ranges[i + 1] ?? 0;
		pieces[at++] = first;
		pieces[at++] = end;
		pieces[at++] = to;
		to += end - first;
	}
	return pieces;
}

/** The same values in pieces of at most `most`, so that no piece asks for one long read. */
export function cut(pieces: Pieces, most: number): Pieces {
	let count = 0;
	for (let i = 0; i < pieces.length; i += 3)
		count += Math.ceil(((pieces[i + 1] ?? 0) - (pieces[i] ?? 0)) / most);
	if (count === pieces.length / 3) return pieces;
	const short = new Uint32Array(count * 3);
	let at = 0;
	for (let i = 0; i < pieces.length; i += 3) {
		const end = pieces[i + 1] ?? 0;
		let to = pieces[i + 2] ?? 0;
		for (let first = pieces[i] ?? 0; first < end; first += most) {
			const stop = Math.min(first + most, end);
			short[at++] = first;
			short[at++] = stop;
			short[at++] = to;
			to += stop - first;
		}
	}
	return short;
}
