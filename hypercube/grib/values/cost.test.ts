import fc from "fast-check";
import { expect, test } from "vitest";
import type { ByteSource } from "../../bytes/source.ts";
import { rangesOf } from "../../grid/ranges.ts";
import { costOf } from "./cost.ts";
import type { Layout } from "./layout.ts";
import { readValues } from "./read.ts";

const simple: Layout = {
	edition: 2,
	offset: 0,
	length: 200_100,
	points: 100_000,
	coded: 100_000,
	packing: "simple",
	reference: 0,
	binaryScale: 0,
	decimalScale: 0,
	bits: 13,
	dataOffset: 100,
	dataLength: 162_500,
	bitmapOffset: 0,
	bitmapLength: 0,
	gridOffset: 0,
	gridLength: 0,
	packingOffset: 0,
	packingLength: 21,
	ccsdsFlags: 0,
	ccsdsBlock: 0,
	ccsdsInterval: 0,
};

test("without a bitmap the cost is to the octet what is then read", () => {
	const bytes = new Uint8Array(simple.length);
	const indices = fc.array(fc.nat(99_999), { minLength: 1, maxLength: 30 });
	fc.assert(
		fc.property(indices, fc.nat(9000), (points, gap) => {
			let read = 0;
			const source: ByteSource = {
				size: bytes.length,
				gap,
				read: (offset, length) => {
					read += length;
					return bytes.subarray(offset, offset + length);
				},
			};
			const ranges = rangesOf(points);
			readValues(
				{ source, layout: simple, known: {} },
				ranges,
				new Float64Array(points.length),
			);
			expect(costOf(simple, ranges, {}, gap)).toEqual({
				bytes: read,
				cold: read,
			});
		}),
	);
});

test("what is still to be learnt makes the first time dearer", () => {
	const ranges = Uint32Array.of(50_000, 50_010);
	const masked = {
		...simple,
		coded: 50_000,
		bitmapOffset: 50,
		bitmapLength: 12_500,
	};
	const ranks = Uint32Array.from({ length: 26 }, (_, i) =>
		Math.min(50_000, i * 2048),
	);
	const first = costOf(masked, ranges, {});
	const then = costOf(masked, ranges, { ranks });
	expect(first.cold - first.bytes).toBe(12_500);
	expect(then.cold).toBe(then.bytes);
	expect(then.bytes).toBeLessThan(512 + 20);

	const ccsds = {
		...simple,
		packing: "ccsds",
		ccsdsBlock: 32,
		ccsdsInterval: 128,
	} as const;
	const cost = costOf(ccsds, ranges, {});
	expect(cost.cold).toBe(162_500);
	expect(cost.bytes).toBeLessThan(162_500 / 24);
	const constant = { ...simple, bits: 0 };
	expect(costOf(constant, ranges, {})).toEqual({ bytes: 0, cold: 0 });
});
