import fc from "fast-check";
import { expect, test } from "vitest";
import { inMemory } from "../../bytes/memory.ts";
import { countOf, rangesOf } from "../../grid/ranges.ts";
import type { Layout } from "./layout.ts";
import type { Known } from "./packed.ts";
import { readValues } from "./read.ts";

const points = 20_001;

/** A field of which every point that is there has its own number as value, in 16 bits behind the bitmap. */
function masked(present: (point: number) => boolean) {
	const mapLength = Math.ceil(points / 8);
	const bytes = Buffer.alloc(mapLength + 2 * points);
	let coded = 0;
	for (let point = 0; point < points; point++) {
		if (!present(point)) continue;
		bytes[point >> 3] = (bytes[point >> 3] ?? 0) | (128 >> (point & 7));
		bytes.writeUInt16BE(point, mapLength + 2 * coded++);
	}
	const layout: Layout = {
		edition: 2,
		offset: 0,
		length: bytes.length,
		points,
		coded,
		packing: "simple",
		reference: 0,
		binaryScale: 0,
		decimalScale: 0,
		bits: 16,
		dataOffset: mapLength,
		dataLength: 2 * coded,
		bitmapOffset: 0,
		bitmapLength: mapLength,
		gridOffset: 0,
		gridLength: 0,
		packingOffset: 0,
		packingLength: 21,
		ccsdsFlags: 0,
		ccsdsBlock: 0,
		ccsdsInterval: 0,
	};
	return { source: inMemory(bytes), layout };
}

test.each([
	["one in three", (point: number) => point % 3 === 0],
	["a block without any, and one with all", (point: number) => point > 8192],
	["only the last", (point: number) => point === points - 1],
	["none", () => false],
])("%s: values stand at their points, whatever is asked for", (_, present) => {
	const { source, layout } = masked(present);
	const known: Known = {};
	const one = fc.nat(points - 1);
	const run = fc
		.tuple(fc.nat(points - 1), fc.integer({ min: 1, max: 9000 }))
		.map(([start, length]) =>
			Array.from(
				{ length: Math.min(length, points - start) },
				(_, i) => start + i,
			),
		);
	const indices = fc.array(fc.oneof(one, run), { minLength: 1, maxLength: 8 });
	fc.assert(
		fc.property(indices, (some) => {
			const ranges = rangesOf(some.flat());
			const out = new Float64Array(countOf(ranges));
			readValues({ source, layout, known }, ranges, out);
			const wanted: number[] = [];
			for (let i = 0; i < ranges.length; i += 2)
				for (let point = ranges[i] ?? 0; point < (ranges[i + 1] ?? 0); point++)
					wanted.push(present(point) ? point : Number.NaN);
			expect(out).toEqual(Float64Array.from(wanted));
		}),
		{ numRuns: 40 },
	);
	expect(known.ranks).toHaveLength(6);
});
