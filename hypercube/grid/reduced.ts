import { BrokenField } from "../cube/field.ts";
import { type Order, rowOrder, type Scanning } from "./order.ts";
import type { Rows } from "./rows.ts";

/** What a section says of a grid whose rows have their own numbers of points. */
export interface ReducedDefinition {
	/** Points of each row, of a Gaussian grid all around the globe, even where the message has only a part. */
	readonly pl: Uint32Array;
	/** Longitudes of the first and the last point as coded: whole numbers of `unit` degrees. */
	readonly west: number;
	readonly east: number;
	/** Degrees. */
	readonly unit: number;
	/** How many values the message has; undefined where the section does not say. */
	readonly points: number | undefined;
	readonly scanning: Scanning;
}

interface Row {
	/** Which of the points around the globe is the first. */
	readonly first: number;
	readonly count: number;
}

/**
 * Rows of a reduced Gaussian grid: all around the globe, or the part between two longitudes. Which points that part has
 * was counted in two ways in the course of time; the number of values tells which.
 */
export function reducedGaussianRows(
	definition: ReducedDefinition,
	latitudes: Float64Array,
): { rows: Rows; order: Order; size: number } {
	const { pl, west, points, scanning } = definition;
	const around = Array.from(pl, (count) => ({ first: 0, count }));
	const whole = total(around);
	const part = partRows(definition);
	const choices =
		points === undefined
			? [isGlobal(definition) ? around : part]
			: [
					...(west === 0 && points === whole ? [around] : []),
					part,
					...(points === whole ? [around] : []),
					legacyRows(definition),
				];
	const rows = choices.find(
		(choice) => points === undefined || total(choice) === points,
	);
	if (rows === undefined)
		throw new BrokenField(
			`the rows have ${whole} points, ${total(part)} of them between ${west * definition.unit} and ${definition.east * definition.unit} degrees east, but the message has ${points}`,
		);
	return layOut(rows, pl, latitudes, scanning);
}

function layOut(
	rows: readonly Row[],
	pl: Uint32Array,
	latitudes: Float64Array,
	{ iNegative, alternate }: Scanning,
): { rows: Rows; order: Order; size: number } {
	const counts = Uint32Array.from(rows, ({ count }) => count);
	return {
		rows: {
			latitudes,
			wests: Float64Array.from(rows, ({ first }, row) =>
				pl[row] ? (first * 360) / (pl[row] ?? 1) : 0,
			),
			spans: new Float64Array(rows.length).fill(360),
			parts: Float64Array.from(pl, (count) => Math.max(count, 1)),
			counts,
		},
		order: rowOrder(offsetsOf(counts), iNegative, alternate),
		size: total(rows),
	};
}

/** Index of the first value of each row, and the count of all. */
export function offsetsOf(counts: Uint32Array): Uint32Array {
	const offsets = new Uint32Array(counts.length + 1);
	counts.forEach((count, row) => {
		offsets[row + 1] = (offsets[row] ?? 0) + count;
	});
	return offsets;
}

function total(rows: readonly Row[]): number {
	return rows.reduce((sum, { count }) => sum + count, 0);
}

/** Whether the coded longitudes mean the whole globe: the last point is less than two steps before the first. */
function isGlobal({ pl, west, east, unit }: ReducedDefinition): boolean {
	const most = pl.reduce((a, b) => Math.max(a, b), 1);
	return west === 0 && 360 - east * unit < 720 / most;
}

/** Points that lie between the coded longitudes, both included; exact, in whole numbers. */
function partRows({ pl, west, east, unit }: ReducedDefinition): Row[] {
	const turn = Math.round(360 / unit);
	let end = east;
	while (end < west) end += turn;
	return Array.from(pl, (around) => {
		if (around === 0) return { first: 0, count: 0 };
		const first = Math.ceil((west * around) / turn);
		const last = Math.floor((end * around) / turn);
		return { first, count: Math.max(0, Math.min(around, last - first + 1)) };
	});
}

/**
 * As ECMWF's older software counted: the number of steps that fit between the longitudes, one more than that, from the
 * first point at or after the western one; computed with rounding, which is part of the rule.
 */
function legacyRows({ pl, west, east, unit }: ReducedDefinition): Row[] {
	return Array.from(pl, (around) =>
		around === 0
			? { first: 0, count: 0 }
			: legacyRow(around, west * unit, east * unit),
	);
}

function legacyRow(around: number, from: number, to: number): Row {
	const turn = to < from ? 360 : 0;
	const west = from - turn;
	let count = Math.trunc(((to - west) * around) / 360 + 1);
	let first = Math.trunc((west * around) / 360);
	const last = Math.trunc((to * around) / 360);
	const between = last - first + 1;
	const at = (n: number): number => (n * 360) / around;
	if (between >= count) {
		if (at(first) < west) first++;
	} else if (at(first - 1) > west) first--;
	else if (!(at(last + 1) < to)) count--;
	return { first, count };
}

/**
 * Rows of a reduced latitude-longitude grid: each spread evenly over the same span. Once around, a row ends a step
 * before it would begin again; else its last point is the span's end.
 */
export function reducedLatLonRows(
	{ pl, west, east, unit, points, scanning }: ReducedDefinition,
	latitudes: Float64Array,
): { rows: Rows; order: Order; size: number } {
	const sum = pl.reduce((a, b) => a + b, 0);
	if (points !== undefined && points !== sum)
		throw new BrokenField(
			`the rows have ${sum} points, but the message has ${points}`,
		);
	const most = pl.reduce((a, b) => Math.max(a, b), 1);
	const way = (east - west) * unit;
	const around = 360 - Math.abs(way) < 720 / most;
	const span = around ? 360 : way < 0 ? way + 360 : way;
	const { iNegative, alternate } = scanning;
	return {
		rows: {
			latitudes,
			wests: new Float64Array(pl.length).fill(west * unit),
			spans: new Float64Array(pl.length).fill(span),
			parts: Float64Array.from(pl, (count) =>
				Math.max(around ? count : count - 1, 1),
			),
			counts: pl,
		},
		order: rowOrder(offsetsOf(pl), iNegative, alternate),
		size: sum,
	};
}
