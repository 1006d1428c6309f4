import { BrokenField } from "../../cube/field.ts";
import { signed, uint } from "../octets.ts";
import { BitReader } from "./bits.ts";
import type { Layout } from "./layout.ts";
import { power } from "./numbers.ts";

/** What section 5 says of run lengths (template 5.200). */
interface Runs {
	readonly bits: number;
	/** Numbers up to this one are levels; those above are digits of a run's length. */
	readonly most: number;
	/** Values by level; level 0 is a missing value. */
	readonly levels: Float64Array;
}

/** Decodes runs of levels, as radar images have them; NaN where a value is missing. */
export function decodeRuns(
	layout: Layout,
	section5: Uint8Array,
	data: Uint8Array,
): Float64Array {
	const { bits, most, levels } = runsOf(layout, section5);
	const values = new Float64Array(layout.coded);
	const numbers = Math.floor((data.length * 8) / bits);
	// As in ecCodes: a field without any level, or without data, is missing.
	if (numbers === 0 || most === 0) return values.fill(Number.NaN);
	const base = 2 ** bits - 1 - most;
	const reader = new BitReader();
	reader.load(data, 0);
	let at = 0;
	let level = 0;
	let weight = 0;
	for (let i = 0; i < numbers && !isPadding(reader, at, values); i++) {
		const number = reader.take(bits);
		let run = 1;
		if (number <= most) {
			level = number;
			weight = 1;
		} else {
			if (weight === 0) throw broken(layout, "a run of no level");
			run = weight * (number - most - 1);
			weight *= base;
		}
		if (at + run > values.length)
			throw broken(layout, `runs of more than ${values.length} values`);
		values.fill(levels[level] ?? Number.NaN, at, at + run);
		at += run;
	}
	if (at !== values.length)
		throw broken(layout, `runs of ${at} values, not ${values.length}`);
	return values;
}

/** Bits that fill the last octet. */
function isPadding(
	reader: BitReader,
	at: number,
	values: Float64Array,
): boolean {
	return at === values.length && reader.end - reader.bit < 8;
}

function runsOf(layout: Layout, section5: Uint8Array): Runs {
	const bits = uint(section5, 11, 1);
	const most = uint(section5, 12, 2);
	const count = uint(section5, 14, 2);
	if (bits < 1 || bits > 16 || (most > 0 && 2 ** bits - 1 <= most))
		throw broken(layout, `run lengths of ${bits} bits for ${most} levels`);
	if (most > count || section5.length < 17 + 2 * count)
		throw broken(layout, `${most} levels, of which ${count} have a value`);
	const factor = power(10, -signed(section5, 16, 1));
	const levels = new Float64Array(count + 1).fill(Number.NaN);
	for (let i = 0; i < count; i++)
		levels[i + 1] = uint(section5, 17 + 2 * i, 2) * factor;
	return { bits, most, levels };
}

function broken(layout: Layout, what: string): BrokenField {
	return new BrokenField(`the message at ${layout.offset}: ${what}`);
}
