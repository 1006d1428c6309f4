import { BrokenField } from "../../cube/field.ts";
import type { ChunkedArray } from "../chunked.ts";
import { product } from "../format/meta.ts";
import { decode, decodingOf } from "./decoding.ts";

/** Values of a coordinate at most. */
const mostValues = 100_000_000;

/** All values of a small array, decoded, the last dimension fastest. */
export async function numbersOf(
	variable: ChunkedArray,
	signal?: AbortSignal,
): Promise<Float64Array> {
	const { shape, chunks, name } = variable.meta;
	const size = product(shape);
	if (size > mostValues)
		throw new BrokenField(
			`${name} has ${size} values, too many for a coordinate`,
		);
	const out = new Float64Array(size);
	const counts = shape.map((length, at) =>
		Math.ceil(length / (chunks[at] ?? 1)),
	);
	const places = Array.from(
		{ length: size === 0 ? 0 : product(counts) },
		(_, n) => unravel(n, counts),
	);
	await Promise.all(places.map((chunk) => fill(variable, chunk, out, signal)));
	return out;
}

/** The place of the `n`-th cell of a box. */
export function unravel(n: number, sizes: readonly number[]): number[] {
	let rest = n;
	const place = sizes.map(() => 0);
	for (let at = sizes.length - 1; at >= 0; at--) {
		const size = sizes[at] ?? 1;
		place[at] = rest % size;
		rest = Math.floor(rest / size);
	}
	return place;
}

async function fill(
	variable: ChunkedArray,
	place: readonly number[],
	out: Float64Array,
	signal?: AbortSignal,
): Promise<void> {
	const { shape, chunks, fill } = variable.meta;
	const decoding = decodingOf(variable.meta);
	const chunk = await variable.chunk(place, signal);
	const from = place.map((at, dimension) => at * (chunks[dimension] ?? 1));
	const sizes = from.map((start, at) =>
		Math.min(chunks[at] ?? 1, (shape[at] ?? 0) - start),
	);
	const last = sizes.length - 1;
	const length = sizes[last] ?? 1;
	const step = chunk?.stride[last] ?? 0;
	// Along the last dimension at once.
	for (let n = 0; n < product(sizes); n += length) {
		const inside = unravel(n, sizes);
		let target = inside.reduce(
			(sum, at, dimension) =>
				sum * (shape[dimension] ?? 1) + (from[dimension] ?? 0) + at,
			0,
		);
		let source = inside.reduce(
			(sum, at, dimension) => sum + at * (chunk?.stride[dimension] ?? 0),
			0,
		);
		for (let i = 0; i < length; i++, source += step)
			out[target++] = decode(Number(chunk?.data[source] ?? fill), decoding);
	}
}
