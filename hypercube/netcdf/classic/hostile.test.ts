import fc from "fast-check";
import { expect, test } from "vitest";
import { inMemory } from "../../bytes/memory.ts";
import { BrokenField } from "../../cube/field.ts";
import { ChunkCache } from "../../zarr/cache.ts";
import { cubeOf } from "../../zarr/cube.ts";
import { classicGroup } from "./group.ts";
import { type ClassicFile, encodeHeader } from "./header.ts";
import { swapped } from "./numbers.ts";

const signal = new AbortController().signal;
const time = { name: "time", length: 2 };
const lat = { name: "lat", length: 2 };
const lon = { name: "lon", length: 3 };
const variable = (
	name: string,
	dimensions: ClassicFile["fixed"][number]["dimensions"],
	units: string,
) => ({ name, type: "float64", dimensions, attributes: { units } }) as const;
const whole: ClassicFile = {
	attributes: { title: "hostile" },
	record: time,
	fixed: [
		variable("lat", [lat], "degrees_north"),
		variable("lon", [lon], "degrees_east"),
	],
	records: [
		variable("time", [time], "hours since 2025-01-01"),
		variable("t", [time, lat, lon], "K"),
	],
};
const numbers = [0, 1, 10, 20, 30, 0, 1, 2, 3, 4, 5, 6, 1, 7, 8, 9, 10, 11, 12];

function file(wide: boolean): Buffer {
	const { bytes } = encodeHeader(whole, wide);
	return Buffer.concat([bytes, swapped(Float64Array.from(numbers))]);
}

/** Opens a file of these octets, and reads all of its fields. */
async function read(bytes: Uint8Array) {
	const opened = { source: inMemory(bytes), id: "bytes" };
	const group = await classicGroup(opened, new ChunkCache(), signal);
	const cube = await cubeOf(group, {}, signal);
	const values: number[] = [];
	for (const field of cube.select({})) {
		const out = new Float64Array(6);
		await field.read(Uint32Array.of(0, 6), out);
		values.push(...out);
	}
	return { values, faults: cube.faults() };
}

/** The place of a number of four octets in a header, by the text before it. */
const behind = (bytes: Buffer, text: string) =>
	bytes.indexOf(text) + Math.ceil(text.length / 4) * 4;

test.each([false, true])(
	"a file is read when it is whole (wide: %s)",
	async (wide) => {
		const { values, faults } = await read(file(wide));
		expect(values).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
		expect(faults).toEqual([]);
	},
);

const cases: readonly (readonly [
	string,
	(bytes: Buffer) => unknown,
	string,
])[] = [
	["a version that there is not", (bytes) => bytes.writeUInt8(3, 3), "CDF-3"],
	[
		"more dimensions than it has octets",
		(bytes) => bytes.writeUInt32BE(9999, 12),
		"list begins|ends within|name of",
	],
	[
		"more dimensions than are read",
		(bytes) => bytes.writeUInt32BE(2 ** 32 - 1, 12),
		"more than the 10000",
	],
	[
		"a name of 4 GiB",
		(bytes) => bytes.writeUInt32BE(2 ** 32 - 1, 16),
		"a name of 4294967295 octets",
	],
	[
		"another list in the place of one",
		(bytes) => bytes.writeUInt32BE(11, 8),
		"begins with 11, not 10",
	],
	[
		"two record dimensions",
		(bytes) => bytes.writeUInt32BE(0, behind(bytes, "lat\0")),
		"two record dimensions",
	],
	[
		"an attribute of an unknown type",
		(bytes) => bytes.writeUInt32BE(99, behind(bytes, "units")),
		"a type 99",
	],
	[
		"an attribute beyond its end",
		(bytes) => bytes.writeUInt32BE(2 ** 31, behind(bytes, "units") + 4),
		"ends within its header",
	],
];
test.each(cases)("%s is an error that tells it", async (_, change, told) => {
	const bytes = file(false);
	change(bytes);
	const error = await read(bytes).catch((error: unknown) => error);
	expect(error).toBeInstanceOf(BrokenField);
	expect(String(error)).toMatch(new RegExp(told));
});

test.each([
	["more records than the file holds", 4, 2 ** 31, "ends at octet"],
	["a latitude of 4 billion rows", "lat\0", 2 ** 32 - 1, "ends at octet"],
])("%s is a fault of what has them", async (_, place, value, told) => {
	const bytes = file(false);
	const at = typeof place === "number" ? place : behind(bytes, place);
	bytes.writeUInt32BE(value, at);
	const opened = { source: inMemory(bytes), id: "bytes" };
	const { faults } = await classicGroup(opened, new ChunkCache(), signal);
	expect(faults).toContainEqual({
		variable: "t",
		reason: expect.stringContaining(told),
	});
});

test("an empty file, and one that ends anywhere, is broken or has faults", async () => {
	const bytes = file(true);
	for (let end = 4; end < bytes.length; end += 3) {
		const error = await read(bytes.subarray(0, end)).catch(
			(error: unknown) => error,
		);
		if (error instanceof Error)
			expect(`${error.name} ${error.message}`).toMatch(
				/BrokenField|RequestError/,
			);
		else expect(error).toMatchObject({ faults: expect.anything() });
	}
});

test("whatever octets of a header are others, it ends at once, with values, faults or a reason", async () => {
	const length = encodeHeader(whole, false).bytes.length;
	const change = fc.record({
		at: fc.integer({ min: 4, max: length - 1 }),
		value: fc.integer({ min: 0, max: 255 }),
	});
	const changes = fc.array(change, { minLength: 1, maxLength: 6 });
	await fc.assert(
		fc.asyncProperty(fc.boolean(), changes, async (wide, all) => {
			const bytes = file(wide);
			for (const { at, value } of all) bytes.writeUInt8(value, at);
			const started = performance.now();
			const error = await read(bytes).catch((error: unknown) => error);
			expect(performance.now() - started).toBeLessThan(2000);
			if (error instanceof Error)
				expect(["BrokenField", "RequestError", "UnsupportedField"]).toContain(
					error.name,
				);
		}),
		{ numRuns: 2000 },
	);
});
