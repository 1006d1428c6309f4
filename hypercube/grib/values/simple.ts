import { type ByteRanges, readJoined, type Take } from "../../bytes/joined.ts";
import type { Steps } from "../../bytes/steps.ts";
import { BrokenField } from "../../cube/field.ts";
import type { Layout } from "./layout.ts";
import { ieee32, ieee64, power } from "./numbers.ts";
import type { PackedField } from "./packed.ts";
import { cut, type Pieces } from "./pieces.ts";
import { type Scale, unpackSimple } from "./unpack.ts";

/** Values of one piece at most: about a megabyte of octets. */
const longest = 1 << 19;

/** How the packed numbers of a field become values. */
export function scaleOf(layout: Layout): Scale {
	return {
		reference: layout.reference,
		binary: power(2, layout.binaryScale),
		decimal: power(10, -layout.decimalScale),
	};
}

/** The octets that hold the pieces' values, and no more. */
export function simpleOctets(layout: Layout, pieces: Pieces): ByteRanges {
	const { bits, dataOffset } = layout;
	const ranges = new Float64Array((pieces.length / 3) * 2);
	for (let i = 0, at = 0; i < pieces.length; i += 3) {
		ranges[at++] = dataOffset + Math.floor(((pieces[i] ?? 0) * bits) / 8);
		ranges[at++] = dataOffset + Math.ceil(((pieces[i + 1] ?? 0) * bits) / 8);
	}
	return ranges;
}

/** Reads values of simple packing (template 5.0, GRIB 1) and of IEEE numbers (5.4): each stands at its own place. */
export function* readSimple(
	{ source, layout }: PackedField,
	pieces: Pieces,
	out: Float64Array,
	signal?: AbortSignal,
): Steps<void> {
	checkLength(layout);
	const short = cut(pieces, longest);
	const take = layout.packing === "ieee" ? ieeeTaker : simpleTaker;
	yield* readJoined(
		source,
		simpleOctets(layout, short),
		take(layout, short, out),
		signal,
	);
}

/** @throws BrokenField when the data cannot hold the values that the message says they do */
export function checkLength(layout: Layout): void {
	const { bits, coded, dataLength, offset } = layout;
	if (bits > 64)
		throw new BrokenField(
			`the message at ${offset}: ${bits} bits for each value`,
		);
	if (Math.ceil((coded * bits) / 8) > dataLength)
		throw new BrokenField(
			`the message at ${offset}: ${dataLength} octets of data for ${coded} values of ${bits} bits`,
		);
}

function simpleTaker(layout: Layout, pieces: Pieces, out: Float64Array): Take {
	const { bits } = layout;
	const scale = scaleOf(layout);
	return (piece, bytes, at) => {
		const first = pieces[3 * piece] ?? 0;
		unpackSimple(
			{ bytes, bit: at * 8 + ((first * bits) % 8), bits },
			scale,
			out.subarray(
				pieces[3 * piece + 2],
				(pieces[3 * piece + 2] ?? 0) + (pieces[3 * piece + 1] ?? 0) - first,
			),
		);
	};
}

function ieeeTaker(layout: Layout, pieces: Pieces, out: Float64Array): Take {
	const width = layout.bits / 8;
	const read = width === 4 ? ieee32 : ieee64;
	return (piece, bytes, start) => {
		const end = pieces[3 * piece + 1] ?? 0;
		let to = pieces[3 * piece + 2] ?? 0;
		let at = start;
		for (let i = pieces[3 * piece] ?? 0; i < end; i++, at += width)
			out[to++] = read(bytes, at);
	};
}
