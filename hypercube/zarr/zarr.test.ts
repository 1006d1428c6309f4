import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { mustRun } from "../../test/kit/command.ts";
import { python } from "../../test/kit/python.ts";
import type { Field } from "../cube/field.ts";
import { countOf } from "../grid/ranges.ts";
import { ChunkCache } from "./cache.ts";
import { folderStore } from "./store/folder.ts";
import type { ObjectStore } from "./store/store.ts";
import { openZarr, type Zarr } from "./zarr.ts";

const written = z.array(
	z.object({
		name: z.string(),
		variables: z.record(z.string(), z.array(z.number())),
	}),
);

const signal = new AbortController().signal;
let folder = "";
let stores: z.infer<typeof written> = [];

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "zarr-"));
	const script = join(import.meta.dirname, "stores.py");
	const printed = await mustRun(await python(), [script, folder]);
	stores = written.parse(JSON.parse(printed));
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

const size = 19 * 36;
const whole = Uint32Array.of(0, size);

async function read(field: Field, ranges = whole): Promise<Float64Array> {
	const out = new Float64Array(countOf(ranges));
	await field.read(ranges, out);
	return out;
}

/** What xarray reads of a variable: fields of 19 rows and 36 columns, one after the other. */
async function expected(
	store: string,
	variable: string,
): Promise<Float64Array> {
	const bytes = await readFile(join(folder, `${store}.${variable}.f8`));
	return new Float64Array(new Uint8Array(bytes).buffer);
}

const open = (
	name: string,
	store?: ObjectStore,
	cache?: ChunkCache,
): Promise<Zarr> =>
	openZarr({ location: store ?? join(folder, name), cache }, signal);

/** Bit by bit, but that all NaN are one. */
function same(ours: Float64Array, theirs: Float64Array): boolean {
	return (
		ours.length === theirs.length &&
		ours.every((value, at) => Object.is(value, theirs[at]))
	);
}

describe("values are those that xarray reads", () => {
	test("of every type, codec, order, filter, fill value and scale, in both versions", async () => {
		const wrong: string[] = [];
		let compared = 0;
		for (const { name, variables } of stores) {
			const zarr = await open(name);
			expect(zarr.faults(), name).toEqual([]);
			for (const variable of Object.keys(variables)) {
				const theirs = await expected(name, variable);
				const fields = zarr.select({ param: [variable] });
				expect(fields).toHaveLength(6);
				for (const [place, field] of fields.entries()) {
					// Random ranges beside the whole: as a shape cuts them.
					const ranges =
						place % 2 === 0
							? whole
							: Uint32Array.of(3, 4, 30, 45, 100, 400, 683, 684);
					const part = theirs.subarray(place * size, (place + 1) * size);
					const wanted = Float64Array.from(
						indicesOf(ranges),
						(index) => part[index] ?? 0,
					);
					compared += wanted.length;
					if (!same(await read(field, ranges), wanted))
						wrong.push(`${name} ${variable} ${place}`);
				}
			}
		}
		expect(wrong).toEqual([]);
		expect(compared).toBeGreaterThan(150_000);
	});
});

function* indicesOf(ranges: Uint32Array): Generator<number> {
	for (let at = 0; at < ranges.length; at += 2)
		for (let index = ranges[at] ?? 0; index < (ranges[at + 1] ?? 0); index++)
			yield index;
}

/** A store that tells what is asked of it. */
function counted(
	store: ObjectStore,
): ObjectStore & { readonly asked: string[] } {
	const asked: string[] = [];
	return {
		...store,
		asked,
		get: (key, options) => {
			asked.push(`${key} ${JSON.stringify(options.part ?? null)}`);
			return store.get(key, options);
		},
	};
}

const chunksOf = (asked: readonly string[], variable: string): string[] =>
	asked.filter(
		(key) => key.startsWith(`${variable}/`) && !/\.z|zarr\.json/.test(key),
	);

describe("chunks", () => {
	test("each is read once, for all fields that lie in it", async () => {
		const store = counted(folderStore(join(folder, "compressors3")));
		const zarr = await open("", store);
		const fields = zarr.select({ param: ["zstd"] });
		await Promise.all(fields.map((field) => read(field)));
		const chunks = chunksOf(store.asked, "zstd");
		// Times in pairs, each of two levels, rows by ten.
		expect(chunks).toHaveLength(2 * 2 * 2);
		expect(new Set(chunks).size).toBe(chunks.length);
	});

	test("only those that the ranges touch; of shards the index once, and no more than the chunk", async () => {
		const store = counted(folderStore(join(folder, "sharded3")));
		const zarr = await open("", store);
		const fields = zarr.select({ param: ["shards"], levelist: ["500"] });
		const point = Uint32Array.of(40, 41);
		for (const field of fields) await read(field, point);
		const chunks = chunksOf(store.asked, "shards");
		expect(chunks.filter((key) => key.includes("suffix"))).toHaveLength(1);
		expect(chunks.filter((key) => key.includes("offset"))).toHaveLength(3);
	});

	test("what is kept is bounded, and answers at once", async () => {
		const chunk = 2 * 10 * 36 * 4;
		const cache = new ChunkCache({ bytes: 3 * (chunk + 200) });
		const zarr = await open("compressors3", undefined, cache);
		const fields = zarr.select({ param: ["zstd"] });
		for (const field of fields) {
			await read(field);
			expect(cache.bytes).toBeLessThanOrEqual(cache.limit);
		}
		const [last] = fields.slice(-1);
		expect(last?.read(whole, new Float64Array(size))).toBeUndefined();
	});

	test("each is read once also where all together are too many to be kept", async () => {
		const theirs = await expected("compressors2", "lz4");
		// Two times share chunks, of each level two; one of them stays in such a cache.
		const cache = new ChunkCache({ bytes: 2 * 10 * 36 * 4 });
		const store = counted(folderStore(join(folder, "compressors2")));
		const fields = (await open("", store, cache)).select({ param: ["lz4"] });
		for (const [place, field] of fields.entries())
			expect(
				same(
					await read(field),
					theirs.subarray(place * size, (place + 1) * size),
				),
			).toBe(true);
		const chunks = chunksOf(store.asked, "lz4");
		expect(new Set(chunks).size).toBe(chunks.length);
		expect(chunks).toHaveLength(2 * 2 * 2);
	});

	test("the costs of fields add up to what is read", async () => {
		const zarr = await open("compressors3");
		const fields = zarr.select({ param: ["zstd"] });
		const bytes = fields.reduce(
			(sum, field) => sum + field.cost(whole).bytes,
			0,
		);
		expect(bytes).toBe(2 * 2 * 2 * (2 * 10 * 36 * 4));
	});
});
