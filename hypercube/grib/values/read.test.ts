import { describe, expect, test } from "vitest";
import { inMemory } from "../../bytes/memory.ts";
import { octahedralGrid } from "../../grid/octahedral.ts";
import { writeMessage } from "../write/message.ts";
import { parameterCodings } from "../write/parameter.ts";
import { gridOctets, type Layout, layoutOf } from "./layout.ts";
import { readValues } from "./read.ts";

const grid = octahedralGrid(2);
const message = writeMessage({
	class: "od",
	stream: "oper",
	type: "fc",
	expver: "0001",
	date: "20250131",
	time: "1200",
	step: 18,
	parameter: parameterCodings["2t"],
	grid,
	values: Float64Array.from({ length: grid.size }, (_, i) => 250 + i),
	bits: 12,
});

function layoutNow(bytes: Uint8Array): Layout {
	const layout = layoutOf(inMemory(bytes), 0, bytes.length);
	if (layout instanceof Promise) throw new Error("not at once");
	return layout;
}

/** The message with some octets changed. */
function changed(at: number, ...octets: readonly number[]): Uint8Array {
	const bytes = message.slice();
	bytes.set(octets, at);
	return bytes;
}

describe("simple packing", () => {
	const layout = layoutNow(message);
	const section5 = layout.packingOffset;

	test("the layout says where everything lies", () => {
		expect(layout).toMatchObject({
			edition: 2,
			offset: 0,
			length: message.length,
			points: grid.size,
			coded: grid.size,
			packing: "simple",
			bits: 12,
			reference: 250,
			bitmapLength: 0,
			dataLength: (grid.size * 12) / 8,
		});
		const octets = gridOctets(inMemory(message), layout);
		expect(octets).toHaveLength(72 + 2 * grid.pl.length);
	});

	test("ranges come out one after the other, reading their octets only", () => {
		const reads: number[] = [];
		const source = {
			size: message.length,
			gap: 0,
			read: (offset: number, length: number) => {
				reads.push(offset - layout.dataOffset, length);
				return message.subarray(offset, offset + length);
			},
		};
		const out = new Float64Array(4);
		const field = { source, layout, known: {} };
		expect(
			readValues(field, Uint32Array.of(3, 4, 20, 23), out),
		).toBeUndefined();
		expect(reads).toEqual([4, 2, 30, 5]);
		const step = 2 ** layout.binaryScale;
		for (const [i, point] of [3, 20, 21, 22].entries())
			expect(Math.abs((out[i] ?? 0) - 250 - point)).toBeLessThanOrEqual(step);
	});

	test("what lies is named", () => {
		const wrong: readonly (readonly [Uint8Array, string])[] = [
			[changed(8, 0, 0, 0, 0, 0, 0, 9, 9), "says a length of 2313"],
			[changed(section5, 0, 0, 0, 3), "section 5 says a length of 3"],
			[changed(section5, 0x7f), "section 5 says a length of"],
			[changed(section5 + 4, 9), "section 9 where 5 should be"],
			[changed(section5 + 9, 0, 50), "5.50 (spherical harmonics"],
			[changed(section5 + 8, 1), "codes 1 values for 88 points"],
			[changed(section5 + 11, 0x7f, 0xff), "reference value is no number"],
			[changed(0, 66), "no GRIB message at 0"],
		];
		for (const [bytes, why] of wrong)
			expect(() => layoutNow(bytes)).toThrow(why);
	});

	test("more values than the data hold are broken", () => {
		const bytes = changed(section5 + 19, 13);
		const field = {
			source: inMemory(bytes),
			layout: layoutNow(bytes),
			known: {},
		};
		const read = () =>
			readValues(field, Uint32Array.of(0, 1), new Float64Array(1));
		expect(read).toThrow("132 octets of data for 88 values of 13 bits");
	});

	test("points that the field does not have are refused", () => {
		const field = { source: inMemory(message), layout, known: {} };
		const read = () =>
			readValues(field, Uint32Array.of(80, 89), new Float64Array(9));
		expect(read).toThrow("has 88 points, not 89");
	});
});
