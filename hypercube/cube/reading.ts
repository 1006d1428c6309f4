import type { Grid } from "../grid/grid.ts";
import type { Ranges } from "../grid/ranges.ts";
import type { Points } from "./coverage.ts";
import type { Field } from "./field.ts";

/** What reading is told by the one who waits for it. */
export interface Reading {
	/** Called between fields and slices; a promise is waited for, so that others have their turn. @throws to stop */
	readonly check: () => void | Promise<void>;
	/** A field was read to its end. */
	readonly onField?: () => void;
}

/** Values in one slice of a large answer: 512 KiB. */
export const sliceLength = 65_536;

/** The ranges that hold the `from`-th to the `to`-th (excluded) of their indices. */
export function sliceRanges(ranges: Ranges, from: number, to: number): Ranges {
	const slice: number[] = [];
	let passed = 0;
	for (let at = 0; at < ranges.length && passed < to; at += 2) {
		const start = ranges[at] ?? 0;
		const end = ranges[at + 1] ?? 0;
		const first = Math.max(start, start + from - passed);
		const last = Math.min(end, start + to - passed);
		if (first < last) slice.push(first, last);
		passed += end - start;
	}
	return Uint32Array.from(slice);
}

/** Points whose coordinates are made slice by slice. */
export function pointsOf(grid: Grid, ranges: Ranges, count: number): Points {
	return {
		count,
		slice: (from, to) => grid.coordinates(sliceRanges(ranges, from, to)),
	};
}

/** The values of a field in the ranges, in slices; of no field, missing values. */
export async function* slicesOf(
	field: Field | undefined,
	ranges: Ranges,
	count: number,
	{ check, onField }: Reading,
): AsyncGenerator<Float64Array> {
	for (let from = 0; from < count; from += sliceLength) {
		const pause = check();
		if (pause !== undefined) await pause;
		const to = Math.min(count, from + sliceLength);
		const values = new Float64Array(to - from);
		if (field === undefined) values.fill(Number.NaN);
		else await field.read(sliceRanges(ranges, from, to), values);
		yield values;
	}
	onField?.();
}
