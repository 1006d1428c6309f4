import { type ByteRanges, readJoined } from "../../bytes/joined.ts";
import type { Steps } from "../../bytes/steps.ts";
import { BrokenField } from "../../cube/field.ts";
import type { Ranges } from "../../grid/ranges.ts";
import type { Layout } from "./layout.ts";
import { section } from "./layout.ts";
import type { PackedField } from "./packed.ts";
import type { Pieces } from "./pieces.ts";

/** Points of a block: its bits are 512 octets, one number tells how many values stand before it. */
export const blockPoints = 4096;
/** Octets of the bitmap that are read at once when it is counted. */
const stretch = 1 << 20;

const ones = Uint8Array.from({ length: 256 }, (_, octet) => {
	let count = 0;
	for (let rest = octet; rest > 0; rest >>= 1) count += rest & 1;
	return count;
});

/** The points of ranges, of which some have values. */
export interface Mapped {
	/** Where the values that are there go: each range's to the end of its places. */
	readonly pieces: Pieces;
	/** Moves the values to their points; the rest becomes NaN. */
	readonly spread: (out: Float64Array) => void;
}

/** Counts the bitmap, once: reads all of it, in stretches. */
export function* learnRanks(
	field: PackedField,
	signal?: AbortSignal,
): Steps<Uint32Array> {
	const { source, layout } = field;
	const blocks = Math.ceil(layout.points / blockPoints);
	const ranks = new Uint32Array(blocks + 1);
	const octets = Math.ceil(layout.points / 8);
	let count = 0;
	for (let from = 0; from < octets; from += stretch) {
		signal?.throwIfAborted();
		const length = Math.min(stretch, octets - from);
		const place = layout.bitmapOffset + from;
		const bytes = yield* section(source, place, length, signal);
		for (let at = 0; at < length; at += 512) {
			ranks[(from + at) / 512] = count;
			const points = Math.min(blockPoints, layout.points - (from + at) * 8);
			count += countOnes(bytes, at, points);
		}
	}
	ranks[blocks] = count;
	field.known.ranks = checked(layout, ranks);
	return ranks;
}

/** Ranks that were kept may be another message's: what does not fit is broken, not believed. */
function checked(layout: Layout, ranks: Uint32Array): Uint32Array {
	const count = ranks[ranks.length - 1] ?? 0;
	if (ranks.length !== Math.ceil(layout.points / blockPoints) + 1)
		throw new BrokenField(
			`the message at ${layout.offset}: ${ranks.length} ranks for ${layout.points} points`,
		);
	if (count > layout.coded)
		throw new BrokenField(
			`the message at ${layout.offset}: its bitmap tells of ${count} values, its data hold ${layout.coded}`,
		);
	return ranks;
}

/** The octets of the bitmap that the ranges need: from the beginning of a block on. */
export function bitmapOctets(layout: Layout, ranges: Ranges): ByteRanges {
	const octets = new Float64Array(ranges.length);
	for (let i = 0; i < ranges.length; i += 2) {
		const first = Math.floor((ranges[i] ?? 0) / blockPoints);
		octets[i] = layout.bitmapOffset + first * 512;
		octets[i + 1] = layout.bitmapOffset + Math.ceil((ranges[i + 1] ?? 0) / 8);
	}
	return octets;
}

/** Finds which of the points have values, and which values these are. */
export function* mapped(
	field: PackedField,
	ranges: Ranges,
	signal?: AbortSignal,
): Steps<Mapped> {
	const { source, layout, known } = field;
	const ranks =
		known.ranks === undefined
			? yield* learnRanks(field, signal)
			: checked(layout, known.ranks);
	const count = ranges.length / 2;
	const pieces = new Uint32Array(count * 3);
	const bits: Uint8Array[] = new Array(count);
	const octets = bitmapOctets(layout, ranges);
	const take = (range: number, bytes: Uint8Array, at: number): void => {
		const start = ranges[2 * range] ?? 0;
		const end = ranges[2 * range + 1] ?? 0;
		const block = Math.floor(start / blockPoints);
		const before = start - block * blockPoints;
		const first = (ranks[block] ?? 0) + countOnes(bytes, at, before);
		const upTo = countOnes(bytes, at, end - block * blockPoints);
		pieces[3 * range] = first;
		pieces[3 * range + 1] = (ranks[block] ?? 0) + upTo;
		// A copy: what was read along with it need not stay.
		bits[range] = new Uint8Array(
			bytes.subarray(
				at + (before >> 3),
				at + Math.ceil((end - block * blockPoints) / 8),
			),
		);
	};
	yield* readJoined(source, octets, take, signal);
	place(ranges, pieces, layout);
	return {
		pieces,
		spread: (out) => {
			let to = 0;
			for (let i = 0; i < count; i++) {
				const start = ranges[2 * i] ?? 0;
				const points = (ranges[2 * i + 1] ?? 0) - start;
				const from = pieces[3 * i + 2] ?? 0;
				const map = bits[i];
				if (from > to && map !== undefined)
					spreadRange(out, { to, from, points, map, bit: start % 8 });
				to += points;
			}
		},
	};
}

/** Each range's values go to the end of its places, so that they can be spread forward in place. */
function place(ranges: Ranges, pieces: Pieces, layout: Layout): void {
	let end = 0;
	for (let i = 0; i < ranges.length / 2; i++) {
		end += (ranges[2 * i + 1] ?? 0) - (ranges[2 * i] ?? 0);
		const [first = 0, last = 0] = pieces.subarray(3 * i, 3 * i + 2);
		if (last > layout.coded)
			throw new BrokenField(
				`the message at ${layout.offset}: its bitmap tells of more than the ${layout.coded} values it holds`,
			);
		pieces[3 * i + 2] = end - (last - first);
	}
}

function spreadRange(
	out: Float64Array,
	range: {
		to: number;
		from: number;
		points: number;
		map: Uint8Array;
		bit: number;
	},
): void {
	const { to, points, map, bit } = range;
	let { from } = range;
	for (let i = 0; i < points; i++) {
		const place = bit + i;
		const present = ((map[place >> 3] ?? 0) >> (7 - (place & 7))) & 1;
		out[to + i] = present === 1 ? (out[from++] ?? 0) : Number.NaN;
	}
}

/** Ones among the first `count` bits from octet `at` on. */
function countOnes(bytes: Uint8Array, at: number, count: number): number {
	const whole = at + (count >> 3);
	let sum = 0;
	for (let i = at; i < whole; i++) sum += ones[bytes[i] ?? 0] ?? 0;
	const rest = count & 7;
	return rest === 0
		? sum
		: sum + (ones[(bytes[whole] ?? 0) >> (8 - rest)] ?? 0);
}
