import { ShortRead } from "../../bytes/joined.ts";
import type { Ranges } from "../../grid/ranges.ts";
import type { Layout } from "./layout.ts";
import type { PackedField } from "./packed.ts";
import { checkLength, scaleOf } from "./simple.ts";
import { unpackSimple } from "./unpack.ts";

/** Whether it is a single value that stands at its own place. */
export function isPoint(layout: Layout, ranges: Ranges): boolean {
	return (
		layout.packing === "simple" &&
		layout.bits > 0 &&
		layout.bitmapLength === 0 &&
		ranges.length === 2 &&
		(ranges[1] ?? 0) - (ranges[0] ?? 0) === 1
	);
}

/** Reads one value of simple packing into `out[0]`: the octets it lies in, with one read. */
export function readPoint(
	{ source, layout }: PackedField,
	index: number,
	out: Float64Array,
	signal?: AbortSignal,
): void | Promise<void> {
	checkLength(layout);
	signal?.throwIfAborted();
	const { bits, dataOffset } = layout;
	const bit = index * bits;
	const start = dataOffset + Math.floor(bit / 8);
	const end = dataOffset + Math.ceil((bit + bits) / 8);
	const place = out.length === 1 ? out : out.subarray(0, 1);
	const unpack = (bytes: Uint8Array): void => {
		if (bytes.length < end - start)
			throw new ShortRead(start + bytes.length, end);
		unpackSimple({ bytes, bit: bit % 8, bits }, scaleOf(layout), place);
	};
	const bytes = source.read(start, end - start, signal);
	return bytes instanceof Promise ? bytes.then(unpack) : unpack(bytes);
}
