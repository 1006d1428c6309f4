import { BrokenField } from "../../../cube/field.ts";
import { BitReader } from "../bits.ts";
import type { Layout } from "../layout.ts";
import { scaleOf } from "../simple.ts";
import { integrate } from "./differences.ts";
import { readGroups, readMembers } from "./groups.ts";
import { head1, head2 } from "./head.ts";
import { rowsOf } from "./rows.ts";

/** The parts of a message that decoding needs. */
export interface Parts {
	/** The section of packing, from its beginning. */
	readonly packing: Uint8Array;
	readonly data: Uint8Array;
	/** The section that defines the grid. */
	readonly grid: Uint8Array;
	/** Empty: all points have a value. */
	readonly bitmap: Uint8Array;
}

/**
 * Decodes a field of second-order packing: of WMO's GRIB 1 (row by row, constant width, different widths) and ECMWF's
 * (general extended, with differences of order 0 to 3; templates 5.50001 and 5.50002). One value a point, NaN where one
 * is missing: rows may have been coded back and forth, the bitmap with them.
 */
export function decodeSecondOrder(layout: Layout, parts: Parts): Float64Array {
	const bits = new BitReader();
	const { data, packing, bitmap } = parts;
	const head =
		layout.edition === 1
			? head1(layout, data, bits)
			: head2(layout, packing, bits);
	const byRow = head.grouping === "row" || head.alternate;
	const rows = byRow ? rowsOf(layout, parts.grid) : new Uint32Array();
	const present = bitmap.length === 0 ? rows : presentOf(rows, bitmap);
	bits.load(data, 0);
	const groups = readGroups(layout, head, { bits, rows: present });
	const from = head.first.length;
	const count = countOf(layout, groups.lengths, from);
	const values = new Float64Array(count);
	readMembers(layout, groups, { bits, out: values, from });
	integrate(values, head);
	scale(layout, values);
	const all = spread(layout, values, bitmap);
	if (head.alternate) turn(all, rows);
	return all;
}

/** How many values there are; without a bitmap one a point. */
function countOf(layout: Layout, lengths: Uint32Array, first: number): number {
	let count = first;
	for (const length of lengths) count += length;
	const { points, bitmapLength } = layout;
	if (count > points || (bitmapLength === 0 && count !== points))
		throw broken(
			layout,
			`its groups hold ${count} values for ${points} points`,
		);
	return count;
}

/** Of each row's points those that have a value. */
function presentOf(rows: Uint32Array, bitmap: Uint8Array): Uint32Array {
	let at = 0;
	return rows.map((points) => {
		let count = 0;
		for (const end = at + points; at < end; at++) count += bitOf(bitmap, at);
		return count;
	});
}

function scale(layout: Layout, values: Float64Array): void {
	const { reference, binary, decimal } = scaleOf(layout);
	for (let i = 0; i < values.length; i++)
		values[i] = ((values[i] ?? 0) * binary + reference) * decimal;
}

function spread(
	layout: Layout,
	values: Float64Array,
	bitmap: Uint8Array,
): Float64Array {
	if (bitmap.length === 0) return values;
	const all = new Float64Array(layout.points).fill(Number.NaN);
	let next = 0;
	for (let i = 0; i < all.length; i++)
		if (bitOf(bitmap, i) === 1) all[i] = values[next++] ?? 0;
	if (next > values.length)
		throw broken(
			layout,
			`its bitmap tells of ${next} values, its data hold ${values.length}`,
		);
	return all;
}

/** Every second row the other way round. */
function turn(values: Float64Array, rows: Uint32Array): void {
	let at = 0;
	for (const [row, points] of rows.entries()) {
		if (row % 2 === 1) values.subarray(at, at + points).reverse();
		at += points;
	}
}

const bitOf = (bitmap: Uint8Array, at: number): number =>
	((bitmap[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;

function broken(layout: Layout, what: string): BrokenField {
	return new BrokenField(`the message at ${layout.offset}: ${what}`);
}
