import { snap } from "./area.ts";
import { Marks } from "./marks.ts";
import type { Order } from "./order.ts";
import type { Ranges } from "./ranges.ts";
import type { Rows } from "./rows.ts";
import { turned } from "./turn.ts";

/** Gathers the points of intervals of longitude, row by row, in the message's order of rows, and makes ranges of them. */
export class Found {
	readonly #rows: Rows;
	readonly #order: Order;
	readonly #ranges: number[] = [];
	readonly #marks: Marks | undefined;
	/** `row, begin, end` of all columns, where rows do not stand together. */
	readonly #parts: number[] = [];
	/** Columns of the row at hand, half open, in pairs. */
	#columns: number[] = [];

	constructor(rows: Rows, order: Order) {
		this.#rows = rows;
		this.#order = order;
		this.#marks = order.rowsTogether ? undefined : new Marks();
	}

	/** Takes what lies in the closed intervals (`west0, east0, …`), of each row once and the rows in their order. */
	row(row: number, intervals: readonly number[]): void {
		const columns = this.#columns;
		columns.length = 0;
		for (let at = 0; at < intervals.length; at += 2)
			this.#interval(row, intervals[at] ?? 0, intervals[at + 1] ?? 0);
		if (columns.length > 2) this.#columns = united(columns);
		if (this.#marks === undefined) this.#asRanges(row);
		else this.#asMarks(row, this.#marks);
	}

	/**
	 * Parts of rows as `row, first column, column after the last`, rows from south to north, columns eastward; undefined
	 * where rows stand together.
	 *
	 * @param rise 1 where the latitudes of rows rise, -1 where they fall
	 */
	parts(rise: number): Uint32Array | undefined {
		if (this.#marks === undefined) return undefined;
		const parts = Uint32Array.from(this.#parts);
		if (rise > 0) return parts;
		const turned = new Uint32Array(parts.length);
		let out = 0;
		for (let end = parts.length; end > 0; ) {
			let from = end - 3;
			while (from > 0 && parts[from - 3] === parts[from]) from -= 3;
			turned.set(parts.subarray(from, end), out);
			out += end - from;
			end = from;
		}
		return turned;
	}

	ranges(): Ranges {
		return this.#marks?.ranges() ?? Uint32Array.from(this.#ranges);
	}

	#interval(row: number, west: number, east: number): void {
		const count = this.#rows.counts[row] ?? 0;
		const span = this.#rows.spans[row] ?? 0;
		const step = span / (this.#rows.parts[row] ?? 1);
		const from = turned(west - snap - (this.#rows.wests[row] ?? 0));
		const to = from + (east - west) + 2 * snap;
		// The row may begin within the interval, and reach all the way round to its beginning.
		for (let shift = -360; shift <= 360; shift += 360) {
			const first = step > 0 ? Math.ceil((from + shift) / step) : 0;
			const last = step > 0 ? Math.floor((to + shift) / step) : 0;
			if (step === 0 && (from + shift > 0 || to + shift < 0)) continue;
			const begin = Math.max(first, 0);
			const end = Math.min(last + 1, count);
			if (begin < end) this.#columns.push(begin, end);
		}
	}

	#asRanges(row: number): void {
		const columns = this.#columns;
		const forward =
			this.#order.index(row, 0) <=
			this.#order.index(row, (this.#rows.counts[row] ?? 1) - 1);
		for (let n = 0; n < columns.length; n += 2) {
			const at = forward ? n : columns.length - 2 - n;
			const one = this.#order.index(row, columns[at] ?? 0);
			const other = this.#order.index(row, (columns[at + 1] ?? 0) - 1);
			this.#push(Math.min(one, other), Math.max(one, other) + 1);
		}
	}

	#push(begin: number, end: number): void {
		const ranges = this.#ranges;
		if (ranges.length > 0 && ranges[ranges.length - 1] === begin)
			ranges[ranges.length - 1] = end;
		else ranges.push(begin, end);
	}

	#asMarks(row: number, marks: Marks): void {
		const columns = this.#columns;
		for (let at = 0; at < columns.length; at += 2) {
			const begin = columns[at] ?? 0;
			const end = columns[at + 1] ?? 0;
			this.#parts.push(row, begin, end);
			for (let column = begin; column < end; column++)
				marks.add(this.#order.index(row, column));
		}
	}
}

/** Sorted, and those that overlap or touch made one. */
function united(pairs: readonly number[]): number[] {
	const begins = new Map<number, number>();
	for (let at = 0; at < pairs.length; at += 2) {
		const begin = pairs[at] ?? 0;
		begins.set(begin, Math.max(begins.get(begin) ?? 0, pairs[at + 1] ?? 0));
	}
	const out: number[] = [];
	for (const [begin, end] of [...begins].sort((a, b) => a[0] - b[0])) {
		const last = out.length - 1;
		if (last > 0 && begin <= (out[last] ?? 0))
			out[last] = Math.max(out[last] ?? 0, end);
		else out.push(begin, end);
	}
	return out;
}
