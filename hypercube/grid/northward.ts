import { countOf, type Ranges } from "./ranges.ts";

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
	const points = indicesOf(ranges);
	const rows = points.map(rowOf);
	const counts = new Uint32Array(rows.reduce(greater, 0) + 1);
	for (const row of rows) counts[row] = (counts[row] ?? 0) + 1;
	const order = Uint32Array.from(counts.keys()).sort(
		(a, b) => rank(a) - rank(b),
	);
	/** Of each row, where its next point is put. */
	const places = new Uint32Array(counts.length);
	let place = 0;
	for (const row of order) {
		places[row] = place;
		place += counts[row] ?? 0;
	}
	const sorted = new Uint32Array(points.length);
	for (let at = 0; at < points.length; at++) {
		const row = rows[at] ?? 0;
		const next = places[row] ?? 0;
		places[row] = next + 1;
		sorted[next] = points[at] ?? 0;
	}
	if (within === "longitude")
		for (const row of order) {
			const end = places[row] ?? 0;
			eastward(sorted.subarray(end - (counts[row] ?? 0), end), row, column);
		}
	return runsOf(sorted);
}

const greater = (a: number, b: number): number => Math.max(a, b);

/** More than any index. */
const indices = 2 ** 32;

/** Sorts the points of a row by their columns: both in one double, since columns are few. */
function eastward(
	points: Uint32Array,
	row: number,
	column: Parallels["column"],
): void {
	const keys = new Float64Array(points.length);
	for (let at = 0; at < keys.length; at++) {
		const index = points[at] ?? 0;
		keys[at] = column(index, row) * indices + index;
	}
	keys.sort();
	for (let at = 0; at < keys.length; at++) {
		const key = keys[at] ?? 0;
		points[at] = key - Math.floor(key / indices) * indices;
	}
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

function indicesOf(ranges: Ranges): Uint32Array {
	const points = new Uint32Array(countOf(ranges));
	let out = 0;
	for (let at = 0; at < ranges.length; at += 2) {
		const end = ranges[at + 1] ?? 0;
		for (let index = ranges[at] ?? 0; index < end; index++)
			points[out++] = index;
	}
	return points;
}
