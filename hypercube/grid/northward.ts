import type { Ranges } from "./ranges.ts";

/**
 * Indices of grid points in the order in which answers have them, as half-open runs `start0, end0, start1, end1, …`:
 * unlike {@link Ranges} they need not ascend.
 */
export type Runs = Uint32Array;

/** The rows of a grid, as far as walking through them from south to north asks. */
export interface Parallels {
	/** The row of a point. */
	row(index: number): number;
	/** Rises with the latitudes of rows. */
	rank(row: number): number;
	/** Where a point is in its row, counted eastward. */
	column(index: number, row: number): number;
	/** The index after all those of a row; absent where the points of a row do not stand together. */
	end?(row: number): number;
}

/** Within a parallel, the order of indices or that of longitudes. They differ where the points of a row lie apart. */
export type Within = "index" | "longitude";

/** The same points from south to north: the order of Polytope's answers. */
export function northward(
	ranges: Ranges,
	parallels: Parallels,
	within: Within,
): Runs {
	const { end } = parallels;
	return end === undefined
		? gathered(ranges, parallels, within)
		: turnedOver(rowsOf(ranges, parallels, end));
}

/** The runs of a row. */
interface Row {
	readonly rank: number;
	readonly runs: number[];
}

/** Cuts ranges where rows end. */
function rowsOf(
	ranges: Ranges,
	{ row: rowOf, rank }: Parallels,
	endOf: (row: number) => number,
): Row[] {
	const rows: Row[] = [];
	let end = 0;
	for (let at = 0; at < ranges.length; at += 2) {
		const last = ranges[at + 1] ?? 0;
		for (let from = ranges[at] ?? 0; from < last; ) {
			if (from >= end) {
				const row = rowOf(from);
				end = endOf(row);
				rows.push({ rank: rank(row), runs: [] });
			}
			const to = Math.min(last, end);
			rows.at(-1)?.runs.push(from, to);
			from = to;
		}
	}
	return rows;
}

const turnedOver = (rows: Row[]): Runs =>
	Uint32Array.from(
		rows.sort((a, b) => a.rank - b.rank).flatMap(({ runs }) => runs),
	);

/** Where the points of a row lie apart each is a run: counted row by row, then put in their places. */
function gathered(
	ranges: Ranges,
	{ row: rowOf, rank, column }: Parallels,
	within: Within,
): Runs {
	const counts = new Map<number, number>();
	for (const index of indicesOf(ranges)) {
		const row = rowOf(index);
		counts.set(row, (counts.get(row) ?? 0) + 1);
	}
	const rows = [...counts].sort(([a], [b]) => rank(a) - rank(b));
	const places = new Map<number, number>();
	let place = 0;
	for (const [row, count] of rows) {
		places.set(row, place);
		place += count;
	}
	const points = new Uint32Array(place);
	for (const index of indicesOf(ranges)) {
		const row = rowOf(index);
		const at = places.get(row) ?? 0;
		places.set(row, at + 1);
		points[at] = index;
	}
	if (within === "longitude")
		for (const [row, count] of rows) {
			const end = places.get(row) ?? 0;
			points
				.subarray(end - count, end)
				.sort((a, b) => column(a, row) - column(b, row));
		}
	return runsOf(points);
}

function runsOf(points: Uint32Array): Runs {
	const runs = new Uint32Array(2 * points.length);
	for (let at = 0; at < points.length; at++) {
		const index = points[at] ?? 0;
		runs[2 * at] = index;
		runs[2 * at + 1] = index + 1;
	}
	return runs;
}

function* indicesOf(ranges: Ranges): Iterable<number> {
	for (let at = 0; at < ranges.length; at += 2) {
		const end = ranges[at + 1] ?? 0;
		for (let index = ranges[at] ?? 0; index < end; index++) yield index;
	}
}
