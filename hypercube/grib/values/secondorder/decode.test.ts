import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inMemory } from "../../../bytes/memory.ts";
import { BrokenField, UnsupportedField } from "../../../cube/field.ts";
import type { Layout } from "../layout.ts";
import { readValues } from "../read.ts";

/** Section 2 of GRIB 1 for a reduced grid: its rows' points behind 32 octets. */
function reducedGrid(rows: readonly number[]): number[] {
	const section = new Array<number>(32).fill(0);
	section[4] = 33;
	section[6] = 0xff;
	section[7] = 0xff;
	section[9] = rows.length;
	return [...section, ...rows.flatMap((row) => [row >> 8, row & 255])];
}

/** Numbers of the given widths as octets. */
function packed(...numbers: readonly (readonly [number, number])[]): number[] {
	const text = numbers
		.map(([number, width]) => number.toString(2).padStart(width, "0"))
		.join("");
	const whole = text.padEnd(Math.ceil(text.length / 8) * 8, "0");
	return (whole.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2));
}

/** From octet 12 of section 4 on. */
const head = (flags: number, groups: number, values: number): number[] => [
	...[0, 0, flags, 0, 0, groups >> 8, groups & 255],
	...[values >> 8, values & 255, 0],
];

function layoutOf(
	grid: number[],
	data: number[],
	change: Partial<Layout>,
): Layout {
	return {
		edition: 1,
		offset: 0,
		length: grid.length + data.length,
		points: 10,
		coded: 10,
		packing: "second_order",
		reference: 0,
		binaryScale: 0,
		decimalScale: 0,
		bits: 8,
		dataOffset: grid.length,
		dataLength: data.length,
		bitmapOffset: 0,
		bitmapLength: 0,
		gridOffset: 0,
		gridLength: grid.length,
		packingOffset: 0,
		packingLength: grid.length,
		ccsdsFlags: 0,
		ccsdsBlock: 0,
		ccsdsInterval: 0,
		...change,
	};
}

/** GRIB 1 whose grid and data these are; a bitmap lies behind them. */
function decode(
	grid: number[],
	data: number[],
	change: Partial<Layout> = {},
	bitmap: readonly number[] = [],
): number[] {
	const layout = layoutOf(grid, data, {
		bitmapOffset: grid.length + data.length,
		bitmapLength: bitmap.length,
		...change,
	});
	const source = inMemory(Uint8Array.from([...grid, ...data, ...bitmap]));
	const out = new Float64Array(layout.points);
	readValues({ source, layout, known: {} }, Uint32Array.of(0, out.length), out);
	return [...out];
}

const grid = reducedGrid([2, 5, 3]);
/** Two groups of one width, told by a bitmap; every second row from its end on. */
const constant = [
	...head(0x24, 2, 10),
	4,
	...packed([0b1000100000, 10]),
	...[10, 100],
	...packed(...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [n, 4] as const)),
];
/** Three groups with second differences, of ten values in all. */
const extended = [
	...head(0x1a, 3, 8),
	...[3, 4, 0, 0, 8],
	...packed([20, 8], [23, 8], [0x81, 8]),
	...packed([2, 3], [0, 3], [1, 3]),
	...packed([3, 4], [4, 4], [1, 4]),
	...[1, 2, 3],
	...packed([3, 2], [0, 2], [1, 2], [1, 1]),
];

describe("second-order packing", () => {
	test("rows of a reduced grid that go back and forth", () => {
		expect(decode(grid, constant)).toEqual([
			10, 11, 106, 105, 104, 13, 12, 107, 108, 109,
		]);
	});

	test("the bitmap goes back and forth with them", () => {
		const data = [...constant];
		data.splice(7, 2, 0, 8);
		data.splice(11, 2, ...packed([0b10001000, 8]));
		const missing = decode(grid, data, {}, packed([0b1011111110, 10]));
		expect(missing).toEqual([
			10,
			Number.NaN,
			105,
			104,
			13,
			12,
			11,
			106,
			107,
			Number.NaN,
		]);
	});

	test("second differences", () => {
		// 1+3, 1+0, 1+1, then 2 four times, then 3+1; each less one.
		const bends = [3, 0, 1, 1, 1, 1, 1, 3];
		let slope = 3;
		let value = 23;
		const want = [20, 23];
		for (const bend of bends) {
			slope += bend;
			value += slope;
			want.push(value);
		}
		expect(decode(grid, extended)).toEqual(want);
	});
});

describe("what contradicts itself is told", () => {
	const wrong = (data: number[], change: Partial<Layout> = {}) =>
		expect(() => decode(grid, data, change));

	test("groups", () => {
		wrong(constant, { points: 11 }).toThrow("11 in all");
		wrong(head(0x1a, 3, 8)).toThrow(BrokenField);
		wrong([...head(0x10, 4, 8), 1, 1, 1, 1]).toThrow("4 groups for 3 rows");
		const unmarked = constant.with(11, 0);
		wrong(unmarked).toThrow("does not tell of 2 groups");
		wrong(constant.slice(0, 14)).toThrow("its data end within");
		wrong(head(0x70, 1, 1)).toThrow(UnsupportedField);
		wrong(extended.with(14, 60)).toThrow("3 numbers of 60 bits");
		wrong(extended.with(5, 255)).toThrow("groups of 10 values");
	});

	test("any octets end in values or in a fault of the message", () => {
		const places = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), {
			minLength: 1,
			maxLength: 4,
		});
		const messages = fc.constantFrom(constant, extended);
		const bitmaps = fc.constantFrom([], [0b1011_0111, 0x40], [0, 0]);
		fc.assert(
			fc.property(messages, places, bitmaps, (message, changes, bitmap) => {
				const data = [...message];
				for (const [at, octet] of changes) data[at % data.length] = octet;
				try {
					decode(grid, data, {}, bitmap);
				} catch (error) {
					const ours =
						error instanceof BrokenField || error instanceof UnsupportedField;
					if (!ours) throw error;
				}
			}),
			{ numRuns: 1000 },
		);
	});

	test("grids of edition 2 whose rows lie", () => {
		const three = new Array<number>(81).fill(255);
		three[10] = 0;
		three[12] = 0;
		three[13] = 0;
		const five = new Array<number>(34).fill(0);
		five[9] = 50002 >> 8;
		five[10] = 50002 & 255;
		five[31] = 0x80;
		const layout = layoutOf([...three, ...five], [], {
			edition: 2,
			packingOffset: 81,
			packingLength: 34,
			gridLength: 81,
			bits: 3,
		});
		const source = inMemory(Uint8Array.from([...three, ...five]));
		const field = { source, layout, known: {} };
		expect(() =>
			readValues(field, Uint32Array.of(0, 10), new Float64Array(10)),
		).toThrow("rows of 0 points, and 10 in all");
	});
});
