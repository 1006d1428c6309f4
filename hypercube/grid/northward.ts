import type { Order } from "./order.ts";
import type { Ranges } from "./ranges.ts";

/**
 * Indices of grid points in the order in which answers have them, as half-open runs `start0, end0, start1, end1, …`:
 * unlike {@link Ranges} they need not ascend.
 */
export type Runs = Uint32Array;

/** Points in an order, of which parts are made when they are asked for. */
export interface Sequence {
	readonly count: number;
	/** The `from`-th to the `to`-th (excluded). */
	slice(from: number, to: number): Runs;
}

/** Within a parallel, the order of indices or that of longitudes. They differ where the points of a row lie apart. */
export type Within = "index" | "longitude";

/** Points whose runs are few. */
export class RunSequence implements Sequence {
	readonly count: number;
	readonly #runs: Runs;
	readonly #before: Uint32Array;

	constructor(runs: Runs) {
		this.#runs = runs;
		this.#before = new Uint32Array(runs.length / 2);
		let count = 0;
		for (let run = 0; run < this.#before.length; run++) {
			this.#before[run] = count;
			count += (runs[2 * run + 1] ?? 0) - (runs[2 * run] ?? 0);
		}
		this.count = count;
	}

	slice(from: number, to: number): Runs {
		const runs: number[] = [];
		const before = this.#before;
		for (let run = lastAt(before, from); run < before.length; run++) {
			const passed = before[run] ?? 0;
			if (passed >= to) break;
			const start = this.#runs[2 * run] ?? 0;
			const end = this.#runs[2 * run + 1] ?? 0;
			runs.push(
				start + Math.max(0, from - passed),
				Math.min(end, start + to - passed),
			);
		}
		return Uint32Array.from(runs);
	}
}

/** Parts of rows whose points lie apart: what is kept are the parts, not the points. */
export class RowSequence implements Sequence {
	readonly count: number;
	readonly #parts: Uint32Array;
	readonly #order: Order;
	readonly #within: Within;
	/** Of each row the place of its first part, and how many points come before it. */
	readonly #firsts: Uint32Array;
	readonly #before: Uint32Array;
	#last: { readonly row: number; readonly points: Uint32Array } | undefined;

	/** @param parts `row, first column, column after the last`, rows from south to north, columns eastward */
	constructor(parts: Uint32Array, order: Order, within: Within) {
		this.#parts = parts;
		this.#order = order;
		this.#within = within;
		const firsts: number[] = [];
		const before: number[] = [];
		let count = 0;
		for (let at = 0; at < parts.length; at += 3) {
			if (at === 0 || parts[at] !== parts[at - 3]) {
				firsts.push(at);
				before.push(count);
			}
			count += (parts[at + 2] ?? 0) - (parts[at + 1] ?? 0);
		}
		this.#firsts = Uint32Array.from(firsts);
		this.#before = Uint32Array.from(before);
		this.count = count;
	}

	slice(from: number, to: number): Runs {
		const runs = new Uint32Array(2 * (to - from));
		let out = 0;
		for (let row = lastAt(this.#before, from); out < runs.length; row++) {
			const passed = this.#before[row] ?? 0;
			const points = this.#points(row);
			const end = Math.min(points.length, to - passed);
			for (let at = Math.max(0, from - passed); at < end; at++) {
				const index = points[at] ?? 0;
				runs[out++] = index;
				runs[out++] = index + 1;
			}
		}
		return runs;
	}

	/** Those of the `row`-th row. */
	#points(row: number): Uint32Array {
		if (this.#last?.row === row) return this.#last.points;
		const parts = this.#parts;
		const points: number[] = [];
		const end = this.#firsts[row + 1] ?? parts.length;
		for (let at = this.#firsts[row] ?? end; at < end; at += 3) {
			const after = parts[at + 2] ?? 0;
			for (let column = parts[at + 1] ?? 0; column < after; column++)
				points.push(this.#order.index(parts[at] ?? 0, column));
		}
		const found = Uint32Array.from(points);
		if (this.#within === "index") found.sort();
		this.#last = { row, points: found };
		return found;
	}
}

/** The last of rising numbers that is not above one. */
function lastAt(numbers: Uint32Array, wanted: number): number {
	let low = 0;
	let high = numbers.length;
	while (high - low > 1) {
		const middle = (low + high) >>> 1;
		if ((numbers[middle] ?? 0) <= wanted) low = middle;
		else high = middle;
	}
	return low;
}

/** The rows of a grid whose points stand together. */
export interface Parallels {
	/** The row of a point. */
	row(index: number): number;
	/** The index after all those of a row. */
	end(row: number): number;
	/** Rises with the latitudes of rows. */
	rank(row: number): number;
}

/** The same points from south to north, those of one parallel by their index: the order of Polytope's answers. */
export function northward(ranges: Ranges, parallels: Parallels): Sequence {
	const rows = rowsOf(ranges, parallels).sort((a, b) => a.rank - b.rank);
	return new RunSequence(Uint32Array.from(rows.flatMap(({ runs }) => runs)));
}

/** The runs of a row. */
interface Row {
	readonly rank: number;
	readonly runs: number[];
}

/** Cuts ranges where rows end. */
function rowsOf(
	ranges: Ranges,
	{ row: rowOf, rank, end: endOf }: Parallels,
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
