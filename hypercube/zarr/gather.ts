import type { Ranges } from "../grid/ranges.ts";
import { type Decoding, decode } from "./cf/decoding.ts";
import type { Chunk } from "./format/array.ts";
import type { ArrayMeta } from "./format/meta.ts";
import type { Horizontal } from "./horizontal.ts";

/**
 * What is taken from the chunks of a field: for each chunk runs of points that follow each other in a row, each as
 * four numbers: place in the answer, row and column within the chunk, length.
 */
export interface Gathering {
	readonly chunks: readonly {
		/** Of rows and of columns. */
		readonly place: readonly [row: number, column: number];
		readonly runs: readonly number[];
	}[];
}

/** Which chunks the ranges touch, and what is wanted of each. */
export function gatheringOf(
	ranges: Ranges,
	{ row, column, width }: Horizontal,
	{ chunks }: ArrayMeta,
): Gathering {
	const high = row === undefined ? 1 : (chunks[row] ?? 1);
	const wide = chunks[column] ?? 1;
	const across = Math.ceil(width / wide);
	const found = new Map<number, { place: [number, number]; runs: number[] }>();
	let out = 0;
	for (let at = 0; at < ranges.length; at += 2) {
		const end = ranges[at + 1] ?? 0;
		for (let index = ranges[at] ?? 0; index < end; ) {
			const j = Math.floor(index / width);
			const i = index - j * width;
			const inRow = Math.floor(j / high);
			const inColumn = Math.floor(i / wide);
			const length = Math.min(
				end - index,
				width - i,
				(inColumn + 1) * wide - i,
			);
			const key = inRow * across + inColumn;
			let chunk = found.get(key);
			if (!chunk) {
				chunk = { place: [inRow, inColumn], runs: [] };
				found.set(key, chunk);
			}
			chunk.runs.push(out, j - inRow * high, i - inColumn * wide, length);
			out += length;
			index += length;
		}
	}
	return { chunks: [...found.values()] };
}

/** Where a chunk's points of one field lie in its values. */
export interface Slab {
	/** Of the field's first point. */
	readonly start: number;
	/** Between neighbours in rows and in columns. */
	readonly down: number;
	readonly right: number;
}

/** Takes the runs out of a chunk; of an absent one the fill value. */
export function take(
	chunk: Chunk | undefined,
	{ start, down, right }: Slab,
	runs: readonly number[],
	{ decoding, fill }: { readonly decoding: Decoding; readonly fill: number },
	out: Float64Array,
): void {
	const data = chunk?.data;
	for (let at = 0; at < runs.length; at += 4) {
		const to = runs[at] ?? 0;
		const length = runs[at + 3] ?? 0;
		if (!data) {
			out.fill(decode(fill, decoding), to, to + length);
			continue;
		}
		let from = start + (runs[at + 1] ?? 0) * down + (runs[at + 2] ?? 0) * right;
		for (let n = 0; n < length; n++, from += right)
			out[to + n] = decode(Number(data[from]), decoding);
	}
}
