import { BrokenField } from "../../../cube/field.ts";
import type { BitReader } from "../bits.ts";
import type { Layout } from "../layout.ts";
import type { SecondOrder } from "./head.ts";
import { wide } from "./wide.ts";

/** Runs of values: each value is its group's reference and a number of the group's width. */
export interface Groups {
	readonly references: Float64Array;
	/** Bits; 0: all values are the reference. */
	readonly widths: Uint32Array;
	readonly lengths: Uint32Array;
}

/**
 * Reads the groups' heads, to where their values begin.
 * @param rows how many values each row has, where groups are rows
 */
export function readGroups(
	layout: Layout,
	head: SecondOrder,
	{ bits, rows }: { bits: BitReader; rows: Uint32Array },
): Groups {
	const { groups, grouping } = head;
	// Heads of no bits at all may be many, but not as many as a message of a few octets likes.
	if (groups > layout.coded || groups > Math.max(4096, bits.end))
		throw broken(
			layout,
			`${groups} groups of ${layout.coded} values in ${bits.end / 8} octets`,
		);
	bits.bit = head.at * 8;
	const widths = new Uint32Array(groups);
	if (grouping === "constant") widths.fill(bits.take(8));
	else numbers(layout, bits, head.widthBits, widths);
	if (Math.max(head.firstBits, widest(widths)) > 53)
		throw broken(layout, "numbers of more than 53 bits in its groups");
	const lengths = lengthsOf(layout, head, { bits, rows });
	const references = new Float64Array(groups);
	for (let i = 0; i < groups; i++) references[i] = wide(bits, head.firstBits);
	bits.align();
	if (bits.over) throw broken(layout, "its data end within the groups' heads");
	return { references, widths, lengths };
}

/** Reads the values of all groups into `out`, from its `from`-th place on. */
export function readMembers(
	layout: Layout,
	{ references, widths, lengths }: Groups,
	{ bits, out, from }: { bits: BitReader; out: Float64Array; from: number },
): void {
	let at = from;
	for (let group = 0; group < references.length; group++) {
		const reference = references[group] ?? 0;
		const width = widths[group] ?? 0;
		const end = at + (lengths[group] ?? 0);
		if (width === 0) out.fill(reference, at, end);
		else if (width <= 32)
			for (let i = at; i < end; i++) out[i] = reference + bits.take(width);
		else for (let i = at; i < end; i++) out[i] = reference + wide(bits, width);
		if (bits.over) throw broken(layout, "its data end within a group");
		at = end;
	}
}

function lengthsOf(
	layout: Layout,
	head: SecondOrder,
	{ bits, rows }: { bits: BitReader; rows: Uint32Array },
): Uint32Array {
	const { grouping, groups } = head;
	if (grouping === "extended") {
		const lengths = new Uint32Array(groups);
		numbers(layout, bits, head.lengthBits, lengths);
		return lengths;
	}
	if (grouping === "row") {
		if (rows.length !== groups)
			throw broken(layout, `${groups} groups for ${rows.length} rows`);
		return rows;
	}
	return marked(layout, head, bits);
}

/** Lengths by a bitmap of one bit a value: one where a group begins. */
function marked(
	layout: Layout,
	{ groups, values }: SecondOrder,
	bits: BitReader,
): Uint32Array {
	if (bits.bit + values > bits.end)
		throw broken(layout, "its data end within the bitmap of its groups");
	const lengths = new Uint32Array(groups);
	let group = -1;
	for (let i = 0; i < values; i++) {
		group += bits.take(1);
		if (group < 0 || group >= groups) break;
		lengths[group] = (lengths[group] ?? 0) + 1;
	}
	if (group !== groups - 1)
		throw broken(layout, `its bitmap does not tell of ${groups} groups`);
	bits.align();
	return lengths;
}

function numbers(
	layout: Layout,
	bits: BitReader,
	width: number,
	out: Uint32Array,
): void {
	if (width > 32)
		throw broken(layout, "numbers of more than 32 bits in its groups' heads");
	bits.fill(out, width);
	bits.align();
	if (bits.over) throw broken(layout, "its data end within the groups' heads");
}

function widest(widths: Uint32Array): number {
	let most = 0;
	for (const width of widths) most = Math.max(most, width);
	return most;
}

function broken(layout: Layout, what: string): BrokenField {
	return new BrokenField(`the message at ${layout.offset}: ${what}`);
}
