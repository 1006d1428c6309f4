import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inMemory } from "../../bytes/memory.ts";
import { BrokenField, UnsupportedField } from "../../cube/field.ts";
import { AecDecoder } from "./aec/decoder.ts";
import type { Layout } from "./layout.ts";
import type { Known } from "./packed.ts";
import { readValues } from "./read.ts";

/** A message of nothing but its data: what lies before it is the layout. */
const layout: Layout = {
	edition: 2,
	offset: 0,
	length: 1000,
	points: 1000,
	coded: 1000,
	packing: "ccsds",
	reference: 0,
	binaryScale: 0,
	decimalScale: 0,
	bits: 12,
	dataOffset: 64,
	dataLength: 400,
	bitmapOffset: 0,
	bitmapLength: 0,
	gridOffset: 0,
	gridLength: 0,
	packingOffset: 0,
	packingLength: 64,
	ccsdsFlags: 14,
	ccsdsBlock: 8,
	ccsdsInterval: 16,
};

function read(
	bytes: Uint8Array,
	change: Partial<Layout>,
	known: Known = {},
): void | Promise<void> {
	const field = {
		source: inMemory(bytes),
		layout: { ...layout, dataLength: bytes.length - 64, ...change },
		known,
	};
	return readValues(field, Uint32Array.of(0, 1000), new Float64Array(1000));
}

const octets = fc.uint8Array({ minLength: 64, maxLength: 600 });

describe("octets that no encoder wrote", () => {
	test.each([
		["ccsds", {}],
		["ccsds", { bits: 32 }],
		["ccsds", { ccsdsFlags: 6, bits: 3 }],
		["ccsds", { ccsdsFlags: 15, ccsdsBlock: 64, ccsdsInterval: 4096 }],
		["complex", {}],
		["complex_spatial_differencing", {}],
		["png", {}],
		["jpeg2000", {}],
		["second_order", { edition: 1 }],
		["second_order", {}],
		["second_order", { bitmapOffset: 0, bitmapLength: 125 }],
		["run_length", {}],
		["run_length", { packingLength: 300 }],
		["simple_log", { bits: 3 }],
		["simple", { bits: 31, bitmapOffset: 0, bitmapLength: 125 }],
	] as const)(
		"%s %j: values, or a fault that is the message's",
		async (packing, change) => {
			await fc.assert(
				fc.asyncProperty(octets, async (bytes) => {
					try {
						await read(bytes, { packing, ...change });
					} catch (error) {
						const ours =
							error instanceof BrokenField || error instanceof UnsupportedField;
						if (!ours) throw error;
					}
				}),
				{ numRuns: 200 },
			);
		},
	);
});

describe("what does not fit is told", () => {
	const nothing = new Uint8Array(464);

	test("restarts and ranks of another message", () => {
		const wrong = (known: Known, change: Partial<Layout> = {}) =>
			expect(() => read(nothing, change, known));
		wrong({ restarts: Float64Array.of(0, 8) }).toThrow(
			"2 restarts for 8 intervals",
		);
		wrong({ restarts: Float64Array.of(0, 9e9) }).toThrow(
			"restart at bit 9000000000",
		);
		wrong({ restarts: Float64Array.of(8, 0) }).toThrow("restart at bit 0");
		const masked = { bitmapOffset: 0, bitmapLength: 125 };
		wrong({ ranks: Uint32Array.of(0, 1001) }, { ...masked }).toThrow(
			"tells of 1001 values",
		);
		wrong({ ranks: Uint32Array.of(0) }, { ...masked }).toThrow(
			"1 ranks for 1000 points",
		);
	});

	test("a bitmap that tells of more values than there are", () => {
		const full = new Uint8Array(464).fill(255);
		const masked = { bitmapOffset: 0, bitmapLength: 125, coded: 999 };
		expect(() => read(full, masked)).toThrow(
			"tells of 1000 values, its data hold 999",
		);
	});

	test("parameters outside the standard", () => {
		const wrong = (change: Partial<Layout>) =>
			expect(() => read(nothing, change));
		wrong({ bits: 33 }).toThrow("33 bits a sample");
		wrong({ ccsdsBlock: 7 }).toThrow("blocks of 7 samples");
		wrong({ ccsdsInterval: 0 }).toThrow("intervals of 0 blocks");
		wrong({ bits: 65, packing: "simple", coded: 3 }).toThrow(
			"65 bits for each value",
		);
	});

	test("counts that would fill the memory", () => {
		const points = 2 ** 32 - 1;
		expect(() =>
			read(nothing, { packing: "complex", points, coded: points }),
		).toThrow("more than is decoded");
		const tiny = { ccsdsBlock: 2, ccsdsInterval: 1, points, coded: points };
		expect(() => read(nothing, tiny)).toThrow(
			"2147483648 restart intervals in 400 octets",
		);
		const groups = new Uint8Array(464);
		groups[32] = 1;
		const many = { packing: "complex", points: 1e6, coded: 1e6 } as const;
		expect(() => read(groups, many)).toThrow("65536 groups in 400 octets");
	});

	test("a PNG that inflates to more than its header says", () => {
		const chunk = (name: string, data: Uint8Array) => {
			const head = Buffer.alloc(8);
			head.writeUInt32BE(data.length);
			head.write(name, 4, "latin1");
			return Buffer.concat([head, data, Buffer.alloc(4)]);
		};
		const header = Buffer.alloc(13);
		header.writeUInt32BE(100, 0);
		header.writeUInt32BE(10, 4);
		header[8] = 8;
		const image = (inflated: number) =>
			Buffer.concat([
				Buffer.alloc(64),
				Buffer.from("\u0089PNG\r\n\u001a\n", "latin1"),
				chunk("IHDR", header),
				chunk("IDAT", deflateSync(Buffer.alloc(inflated))),
			]);
		expect(read(image(1010), { packing: "png" })).toBeUndefined();
		expect(() => read(image(50_000_000), { packing: "png" })).toThrow(
			"does not inflate",
		);
		expect(() => read(image(900), { packing: "png" })).toThrow(
			"its image is cut",
		);
		header.writeUInt32BE(100_000, 4);
		expect(() => read(image(1010), { packing: "png" })).toThrow(
			"an image of 100 × 100000 for 1000 values",
		);
	});

	test("a JPEG 2000 codestream whose size lies", () => {
		const data = Buffer.alloc(64 + 60);
		data.writeUInt32BE(0xff4fff51, 64);
		data.writeUInt32BE(60_000, 64 + 8);
		data.writeUInt32BE(60_000, 64 + 12);
		data.writeUInt16BE(1, 64 + 40);
		data[64 + 42] = 11;
		expect(() => read(data, { packing: "jpeg2000" })).toThrow("60000 × 60000");
		data.writeUInt32BE(100, 64 + 8);
		data.writeUInt32BE(10, 64 + 12);
		expect(() => read(data, { packing: "jpeg2000" })).toThrow("tiles");
	});

	test("runs of more values than there are, of levels that are not", () => {
		const runs = (bits: number, most: number, data: number[]) => {
			const bytes = Buffer.alloc(64 + data.length);
			bytes.set([bits, 0, most, 0, 3], 11);
			bytes.set(data, 64);
			return expect(() => read(bytes, { packing: "run_length" }));
		};
		runs(8, 3, [1, 255]).toThrow("runs of 252 values, not 1000");
		runs(8, 3, [1, 255, 255]).toThrow("runs of more than 1000 values");
		runs(8, 3, [9]).toThrow("a run of no level");
		runs(8, 4, [1]).toThrow("4 levels, of which 3 have a value");
		runs(2, 3, [1]).toThrow("run lengths of 2 bits for 3 levels");
		runs(0, 3, [1]).toThrow("run lengths of 0 bits");
	});

	test("a run of zero blocks beyond the interval", () => {
		// Identifier 0, zero block, reference 0, then a run of eight where two blocks are an interval.
		const decoder = new AecDecoder({
			bits: 8,
			block: 8,
			interval: 2,
			flags: 8,
		});
		decoder.load(Uint8Array.of(0b0000_0000, 0b0000_0000, 0b0000_1000), 0);
		expect(() => decoder.decode(16)).toThrow("zero blocks at block 0");
	});
});
