import { run, type Steps } from "../../bytes/steps.ts";
import { BrokenField } from "../../cube/field.ts";
import { countOf, type Ranges } from "../../grid/ranges.ts";
import { mapped } from "./bitmap.ts";
import { readCcsds } from "./ccsds.ts";
import { readDecoded } from "./decoded.ts";
import { accessOf, byPoint, type Layout } from "./layout.ts";
import type { PackedField } from "./packed.ts";
import { type Pieces, piecesOf } from "./pieces.ts";
import { isPoint, readPoint } from "./point.ts";
import { readSimple } from "./simple.ts";

/**
 * Values of the points in the ranges, in their order, NaN where one is missing, with as few octets read as the packing
 * allows. Done on return when the source answers at once.
 * @param out at least as long as the ranges count
 * @throws UnsupportedField, BrokenField
 */
export function readValues(
	field: PackedField,
	ranges: Ranges,
	out: Float64Array,
	signal?: AbortSignal,
): void | Promise<void> {
	checkRanges(field.layout, ranges, out);
	// One point of thousands of fields: what is general would cost more than reading the octets.
	if (isPoint(field.layout, ranges))
		return readPoint(field, ranges[0] ?? 0, out, signal);
	return run(valueSteps(field, ranges, out, signal));
}

function checkRanges(
	{ offset, points }: Layout,
	ranges: Ranges,
	out: Float64Array,
): void {
	const last = ranges[ranges.length - 1] ?? 0;
	if (last > points)
		throw new BrokenField(
			`the message at ${offset} has ${points} points, not ${last}`,
		);
	const count = countOf(ranges);
	if (out.length < count)
		throw new RangeError(`${out.length} places for ${count} values`);
}

function* valueSteps(
	field: PackedField,
	ranges: Ranges,
	out: Float64Array,
	signal?: AbortSignal,
): Steps<void> {
	if (ranges.length === 0) return;
	if (field.layout.bitmapLength === 0 || byPoint(field.layout))
		return yield* coded(field, piecesOf(ranges), out, signal);
	const { pieces, spread } = yield* mapped(field, ranges, signal);
	yield* coded(field, pieces, out, signal);
	spread(out);
}

/** Values by their number in the data section. */
function* coded(
	field: PackedField,
	pieces: Pieces,
	out: Float64Array,
	signal?: AbortSignal,
): Steps<void> {
	switch (accessOf(field.layout)) {
		case "constant":
			return fillConstant(field.layout, pieces, out);
		case "single":
			return yield* readSimple(field, pieces, out, signal);
		case "interval":
			return yield* readCcsds(field, pieces, out, signal);
		case "whole":
			return yield* readDecoded(field, pieces, out, signal);
	}
}

/** All values are the reference: as in ecCodes the decimal scale factor does not apply to it. */
function fillConstant(
	{ reference }: Layout,
	pieces: Pieces,
	out: Float64Array,
): void {
	for (let i = 0; i < pieces.length; i += 3) {
		const to = pieces[i + 2] ?? 0;
		out.fill(reference, to, to + (pieces[i + 1] ?? 0) - (pieces[i] ?? 0));
	}
}
