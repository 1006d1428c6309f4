import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { BrokenField, type Field } from "../cube/field.ts";
import {
	arrayV3,
	doubles,
	group,
	memoryStore,
	type Objects,
	places,
	single,
} from "./fixtures/memory.ts";
import { folderStore } from "./store/folder.ts";
import { openZarr } from "./zarr.ts";

const signal = new AbortController().signal;
const bytes = { name: "bytes", configuration: { endian: "little" } };
const values = doubles(1, 2, 3, 4, 5, 6);

async function open(objects: Objects) {
	return openZarr(
		{ location: memoryStore({ ...group, ...places, ...objects }) },
		signal,
	);
}

async function read(objects: Objects): Promise<number[]> {
	const [field] = (await open(objects)).select({}) satisfies Field[];
	const out = new Float64Array(6);
	await field?.read(Uint32Array.of(0, 6), out);
	return [...out];
}

const failure = (objects: Objects) =>
	read(objects).then(String, (error: unknown) => error);

/** Four octets, the last first. */
const octets = (...numbers: number[]) =>
	new Uint8Array(Uint32Array.from(numbers).buffer);

describe("a chunk that is not what the metadata say", () => {
	test("is read when it is", async () => {
		expect(await read(single("a", values))).toEqual([1, 2, 3, 4, 5, 6]);
		expect(await read(single("a", undefined, { fill: "NaN" }))).toEqual(
			Array(6).fill(Number.NaN),
		);
	});

	test.each([
		["too short", values.subarray(0, 40), [bytes]],
		["too long", doubles(1, 2, 3, 4, 5, 6, 7), [bytes]],
		["no whole number of values", values.subarray(0, 47), [bytes]],
		["empty", new Uint8Array(0), [bytes]],
		[
			"of nothing that its codec knows",
			values,
			[bytes, { name: "zstd", configuration: {} }],
		],
		[
			"gzip, longer than it may be",
			gzipSync(new Uint8Array(50_000_000)),
			[bytes, { name: "gzip", configuration: {} }],
		],
		[
			"zlib, longer than it may be",
			deflateSync(new Uint8Array(50_000_000)),
			[bytes, { name: "zlib", configuration: {} }],
		],
		[
			"zstd, longer than it may be",
			zstdCompressSync(new Uint8Array(50_000_000)),
			[bytes, { name: "zstd", configuration: {} }],
		],
		[
			"lz4 that says it is long",
			Buffer.concat([octets(0x7fffffff), values]),
			[bytes, { name: "numcodecs.lz4", configuration: {} }],
		],
		[
			"Blosc that says it is long",
			octets(0x08010102, 0x7fffffff, 0x1000, 40, 0, 0, 0, 0, 0, 0),
			[
				bytes,
				{
					name: "blosc",
					configuration: {
						cname: "lz4",
						clevel: 5,
						shuffle: "shuffle",
						typesize: 8,
						blocksize: 0,
					},
				},
			],
		],
		[
			"Blosc that is cut off",
			octets(0x08010102, 48, 48, 4000, 0),
			[
				bytes,
				{
					name: "blosc",
					configuration: {
						cname: "lz4",
						clevel: 5,
						shuffle: "shuffle",
						typesize: 8,
						blocksize: 0,
					},
				},
			],
		],
		[
			"with another checksum",
			Buffer.concat([values, octets(1)]),
			[bytes, { name: "crc32c" }],
		],
	])("is refused: %s", async (_, chunk, codecs) => {
		const error = await failure(single("a", chunk, { codecs }));
		expect(error).toBeInstanceOf(BrokenField);
		expect(String(error)).toContain("chunk 0.0 of a");
	});

	test("costs itself only: what is sound beside it is read", async () => {
		const zarr = await open({
			...single("a", values.subarray(8)),
			...single("b", values),
		});
		const [broken, sound] = zarr.select({ param: ["a", "b"] });
		const out = new Float64Array(6);
		await expect(broken?.read(Uint32Array.of(0, 6), out)).rejects.toThrow(
			BrokenField,
		);
		await sound?.read(Uint32Array.of(0, 6), out);
		expect([...out]).toEqual([1, 2, 3, 4, 5, 6]);
	});
});

describe("an index of a shard that lies", () => {
	const sharded = (index: bigint[], content: Uint8Array = values) =>
		single(
			"a",
			Buffer.concat([
				content,
				new Uint8Array(BigUint64Array.from(index).buffer),
			]),
			{
				codecs: [
					{
						name: "sharding_indexed",
						configuration: {
							chunk_shape: [2, 3],
							codecs: [bytes],
							index_codecs: [bytes],
						},
					},
				],
			},
		);

	test("is read when it does not", async () => {
		expect(await read(sharded([0n, 48n]))).toEqual([1, 2, 3, 4, 5, 6]);
		expect(await read(sharded([2n ** 64n - 1n, 2n ** 64n - 1n]))).toEqual([
			0, 0, 0, 0, 0, 0,
		]);
	});

	test.each([
		["beyond the end", [40n, 48n]],
		["far beyond the end", [2n ** 60n, 48n]],
		["of more octets than a chunk has", [0n, 2n ** 40n]],
	])("%s", async (_, index) => {
		expect(await failure(sharded(index))).toBeInstanceOf(BrokenField);
	});
});

describe("metadata that make no sense", () => {
	test.each([
		[
			"chunks that no memory holds",
			{ shape: [2, 3], chunks: [2 ** 30, 2 ** 30] },
		],
		["more dimensions than names", { shape: [2, 3, 4], chunks: [2, 3] }],
		["a type that is not read", { type: "complex128" }],
		[
			"shards within shards",
			{
				codecs: [
					{
						name: "sharding_indexed",
						configuration: {
							chunk_shape: [2, 3],
							codecs: [{ name: "sharding_indexed" }],
							index_codecs: [bytes],
						},
					},
				],
			},
		],
		[
			"shards that are no whole number of chunks",
			{
				codecs: [
					{
						name: "sharding_indexed",
						configuration: {
							chunk_shape: [2, 2],
							codecs: [bytes],
							index_codecs: [bytes],
						},
					},
				],
			},
		],
	])("%s: the variable is a fault, the others are read", async (_, options) => {
		const zarr = await open({
			...single("a", values, options),
			...single("b", values),
		});
		expect(zarr.faults().map(({ variable }) => variable)).toEqual(["a"]);
		expect(zarr.axes().param).toEqual(["b"]);
	});

	test("a codec that nobody knows is told by its name when it is met", async () => {
		const error = await failure(
			single("a", values, { codecs: [bytes, { name: "zfp" }] }),
		);
		expect(error).toMatchObject({
			name: "UnsupportedField",
			message: "chunk 0.0 of a: Unknown codec: zfp",
		});
	});

	test("JSON that is none, and no Zarr at all, are told", async () => {
		await expect(
			openZarr({ location: memoryStore({ "zarr.json": "{" }) }, signal),
		).rejects.toThrow("zarr.json is no JSON");
		await expect(
			openZarr({ location: memoryStore({}) }, signal),
		).rejects.toThrow("no group of a Zarr");
	});

	test("names that lead out of the store lead nowhere", async () => {
		const folder = await mkdtemp(join(tmpdir(), "zarr-hostile-"));
		try {
			await mkdir(join(folder, "zarr"));
			await writeFile(join(folder, "secret"), "secret");
			await symlink(".", join(folder, "zarr", "loop"));
			const meta = arrayV3({
				shape: [2, 3],
				dimensions: ["../../secret", "lon"],
			});
			const all = {
				"../secret": meta,
				"a/../../secret": meta,
				"..": meta,
				a: meta,
			};
			await writeFile(
				join(folder, "zarr", "zarr.json"),
				JSON.stringify({
					zarr_format: 3,
					node_type: "group",
					consolidated_metadata: { metadata: all },
				}),
			);
			const store = folderStore(join(folder, "zarr"));
			const zarr = await openZarr({ location: store }, signal);
			expect(zarr.axes()).toEqual({});
			for (const key of [
				"../secret",
				"a/../../secret",
				"/etc/passwd",
				"a//b",
				".",
				"a\0b",
			])
				await expect(store.get(key, { most: 100 })).rejects.toThrow(
					"is no name",
				);
			expect(await store.get("loop/loop/none", { most: 100 })).toBeUndefined();
		} finally {
			await rm(folder, { recursive: true });
		}
	});
});
