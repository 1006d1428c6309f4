import { BrokenField } from "../cube/field.ts";
import { gaussianLatitudes } from "./gaussian.ts";

/** Coded latitudes are rounded; no row of a Gaussian grid in use is nearer to the next than this, degrees. */
const tolerance = 1e-3;

/**
 * Latitudes of `count` rows of a Gaussian grid from the one that `first` means, exactly, as ecCodes computes them: what is
 * coded is rounded.
 * @param n rows between a pole and the equator
 */
export function gaussianRows(
	n: number,
	first: number,
	count: number,
	northward: boolean,
): Float64Array {
	const all = gaussianLatitudes(n);
	const row = rowAt(all, first);
	const [begin, end] = northward
		? [row - count + 1, row + 1]
		: [row, row + count];
	if (begin < 0 || end > all.length)
		throw new BrokenField(
			`${count} rows from latitude ${first} are more than a Gaussian grid N${n} has`,
		);
	const rows = all.slice(begin, end);
	return northward ? rows.reverse() : rows;
}

/** The row at a coded latitude; where none is, the next to the north, or the first. */
function rowAt(rows: Float64Array, latitude: number): number {
	let low = 0;
	let high = rows.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((rows[middle] ?? 0) >= latitude - tolerance) low = middle + 1;
		else high = middle;
	}
	return Math.max(low - 1, 0);
}
