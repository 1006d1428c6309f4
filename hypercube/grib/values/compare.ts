import type { ByteSource } from "../../bytes/source.ts";
import { UnsupportedField } from "../../cube/field.ts";
import { countOf, type Ranges, rangesOf } from "../../grid/ranges.ts";
import { type Layout, layoutOf } from "./layout.ts";
import type { Known, PackedField } from "./packed.ts";
import { readValues } from "./read.ts";

/** How values compare with what they should be. */
export interface Comparison {
	/** Why they cannot be read, if they cannot. */
	readonly unsupported?: string;
	/** A line for each way of reading that gave other values. */
	readonly faults: readonly string[];
}

/**
 * Reads a message's values whole, and at random indices with and without what was learnt before, and compares them bit
 * by bit with those of another decoder.
 */
export async function compareValues(
	source: ByteSource,
	message: { readonly offset: number; readonly length: number },
	truth: Float64Array,
): Promise<Comparison> {
	try {
		const layout = await layoutOf(source, message.offset, message.length);
		if (layout.points !== truth.length)
			return {
				faults: [`${layout.points} points, ecCodes has ${truth.length}`],
			};
		const all = Uint32Array.of(0, truth.length);
		const known: Known = {};
		const field = { source, layout, known };
		const some = randomRanges(truth.length, message.length);
		const faults = [
			await compareRanges(field, all, truth, "whole"),
			await compareRanges(field, some, truth, "at random, learnt"),
			await compareRanges(
				{ source, layout, known: {} },
				some,
				truth,
				"at random, cold",
			),
		];
		return { faults: faults.filter((fault) => fault !== undefined) };
	} catch (error) {
		if (error instanceof UnsupportedField)
			return { unsupported: error.message, faults: [] };
		const why = error instanceof Error ? error.message : String(error);
		return { faults: [why] };
	}
}

async function compareRanges(
	field: PackedField,
	ranges: Ranges,
	truth: Float64Array,
	how: string,
): Promise<string | undefined> {
	const out = new Float64Array(countOf(ranges));
	await readValues(field, ranges, out);
	const near = tolerance(field.layout, truth);
	let different = 0;
	let first = "";
	let place = 0;
	for (let range = 0; range < ranges.length; range += 2)
		for (let i = ranges[range] ?? 0; i < (ranges[range + 1] ?? 0); i++) {
			const [want, got] = [truth[i], out[place++]];
			if (Object.is(want, got)) continue;
			if (Math.abs((want ?? 0) - (got ?? 0)) <= near) continue;
			if (different++ === 0) first = `${i}: ecCodes ${want}, here ${got}`;
		}
	return different === 0
		? undefined
		: `read ${how}, ${different} of ${place} values differ, the first at ${first}`;
}

/** Nothing, but for logarithms: the last bit of an exponential function, which differs from one library to the next. */
function tolerance({ packing }: Layout, truth: Float64Array): number {
	if (packing !== "simple_log") return 0;
	let most = 0;
	for (const value of truth) if (Math.abs(value) > most) most = Math.abs(value);
	// What was added before the logarithm was taken is at most twice the lowest value.
	return 4 * Number.EPSILON * most;
}

/** Single points and runs of them, the first and the last among them; the same for the same message. */
function randomRanges(points: number, seed: number): Ranges {
	let state = seed;
	const random = (below: number): number => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
	const indices = [0, points - 1];
	for (let i = 0; i < 40; i++) {
		const start = random(points);
		const end =
			i % 2 ? start + 1 : Math.min(points, start + random(points / 20));
		for (let index = start; index < end; index++) indices.push(index);
	}
	return points === 0 ? new Uint32Array() : rangesOf(indices);
}
