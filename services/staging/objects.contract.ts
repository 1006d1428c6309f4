import { createHash, randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, onTestFinished, test } from "vitest";
import { newStagingKey } from "../platform/ids.ts";
import type { Arrived, Objects, Upload } from "./objects.ts";

/** Opens an empty place for objects; called once a test. */
export type OpenEmpty = () => Promise<Objects>;

/** What every implementation of {@link Objects} promises; run it in a test file of the implementation. */
export function objectsContract(name: string, openEmpty: OpenEmpty): void {
	describe(`${name} keeps the contract of Objects`, () => {
		writing(openEmpty);
		committing(openEmpty);
		direct(openEmpty);
		reading(openEmpty);
		listing(openEmpty);
	});
}

export const someUpload = (): Upload => ({
	key: newStagingKey(),
	mediaType: "application/x-grib",
	fileName: "2t – Zürich.grib",
});

export async function* inChunks(bytes: Uint8Array, size: number) {
	for (let at = 0; at < bytes.length; at += size)
		yield bytes.subarray(at, at + size);
}

const hex = (algorithm: string, bytes: Uint8Array): string =>
	createHash(algorithm).update(bytes).digest("hex");

async function opened(openEmpty: OpenEmpty): Promise<Objects> {
	const objects = await openEmpty();
	onTestFinished(() => objects[Symbol.asyncDispose]());
	await objects.counted();
	return objects;
}

const failsWith = (code: Code) =>
	expect.toSatisfy((reason) => ConnectError.from(reason).code === code);

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
	return await Array.fromAsync(items);
}

async function bytesOf(objects: Objects, key: string): Promise<Buffer> {
	const stream = await objects.open(key);
	if (stream === undefined) throw new Error(`no object ${key}`);
	return await buffer(stream);
}

function writing(openEmpty: OpenEmpty): void {
	test.each([
		["nothing", 0, 1],
		["one byte", 1, 1],
		["many small chunks", 100_000, 77],
		["large chunks", 5_000_001, 1_500_000],
	])("hashes and stores %s", async (_name, length, chunk) => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		const bytes = randomBytes(length);
		await objects.create(upload);
		const written = await objects.write(upload.key, inChunks(bytes, chunk));
		const sha256 = hex("sha256", bytes);
		expect(written).toEqual({ length, sha256, md5: "" });
		const object = await objects.commit(upload.key, { length, sha256 });
		expect(object).toMatchObject({ ...upload, ...written });
		expect(await objects.stat(upload.key)).toEqual(object);
		expect((await bytesOf(objects, upload.key)).equals(bytes)).toBe(true);
	});

	test("put is all of it in one", async () => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		const bytes = randomBytes(3000);
		const object = await objects.put(upload, bytes);
		expect(object).toMatchObject({
			...upload,
			sha256: hex("sha256", bytes),
			md5: hex("md5", bytes),
		});
		expect(await objects.stat(upload.key)).toEqual(object);
		expect((await bytesOf(objects, upload.key)).equals(bytes)).toBe(true);
	});

	test("takes chunks no faster than they can be stored", async () => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		await objects.create(upload);
		const block = Buffer.alloc(1 << 20);
		let waiting = 0;
		let most = 0;
		async function* source() {
			for (let i = 0; i < 20; i++) {
				most = Math.max(most, ++waiting);
				yield block;
				waiting -= 1;
			}
		}
		await objects.write(upload.key, source());
		expect(most).toBe(1);
	});

	test("an error of the source comes through, and nothing is stored", async () => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		await objects.create(upload);
		const broken = new Error("the source broke");
		async function* source() {
			yield randomBytes(2 << 20);
			throw broken;
		}
		await expect(objects.write(upload.key, source())).rejects.toBe(broken);
		expect(await objects.stat(upload.key)).toBeUndefined();
		expect(await objects.open(upload.key)).toBeUndefined();
		await expect(
			objects.commit(upload.key, { length: 2 << 20 }),
		).rejects.toEqual(failsWith(Code.FailedPrecondition));
		expect(await all(objects.listUploads())).toEqual([]);
	});

	test("writing again starts anew", async () => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		await objects.create(upload);
		await objects.write(upload.key, inChunks(Buffer.alloc(5000, 1), 1000));
		const bytes = Buffer.alloc(3000, 2);
		await objects.write(upload.key, inChunks(bytes, 1000));
		await objects.commit(upload.key, { length: 3000 });
		expect((await bytesOf(objects, upload.key)).equals(bytes)).toBe(true);
	});

	test("writing needs an upload", async () => {
		const objects = await opened(openEmpty);
		await expect(
			objects.write(newStagingKey(), inChunks(Buffer.alloc(1), 1)),
		).rejects.toEqual(failsWith(Code.NotFound));
	});

	test.each(["", "short", "../../etc/passwd_0123456789", "a/".repeat(20)])(
		"refuses the key %j",
		async (key) => {
			const objects = await opened(openEmpty);
			const refused = failsWith(Code.InvalidArgument);
			const upload = { ...someUpload(), key };
			await expect(objects.create(upload)).rejects.toEqual(refused);
			await expect(objects.put(upload, Buffer.alloc(1))).rejects.toEqual(
				refused,
			);
			await expect(objects.stat(key)).rejects.toEqual(refused);
			await expect(objects.open(key)).rejects.toEqual(refused);
			await expect(objects.delete(key)).rejects.toEqual(refused);
			await expect(objects.abort(key)).rejects.toEqual(refused);
		},
	);
}

function committing(openEmpty: OpenEmpty): void {
	test("is not served before it is committed", async () => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		await objects.create(upload);
		await objects.write(upload.key, inChunks(Buffer.alloc(10), 10));
		expect(await objects.stat(upload.key)).toBeUndefined();
		expect(await objects.open(upload.key)).toBeUndefined();
		expect(await all(objects.list())).toEqual([]);
		const [pending] = await all(objects.listUploads());
		expect(pending).toMatchObject({ key: upload.key, length: 10 });
	});

	test.each([
		["length", { length: 9 }],
		["checksum", { length: 10, sha256: "0".repeat(64) }],
	])("a wrong %s throws the upload away", async (_name, expected) => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		await objects.create(upload);
		await objects.write(upload.key, inChunks(Buffer.alloc(10), 10));
		await expect(objects.commit(upload.key, expected)).rejects.toEqual(
			failsWith(Code.FailedPrecondition),
		);
		expect(await all(objects.listUploads())).toEqual([]);
		await expect(objects.commit(upload.key, { length: 10 })).rejects.toEqual(
			failsWith(Code.NotFound),
		);
	});

	test("committing twice, also at once, is success and counts once", async () => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		await objects.create(upload);
		await objects.write(upload.key, inChunks(Buffer.alloc(10), 10));
		const [first, second] = await Promise.all([
			objects.commit(upload.key, { length: 10 }),
			objects.commit(upload.key, { length: 10 }),
		]);
		const third = await objects.commit(upload.key, { length: 10 });
		expect(second).toEqual(first);
		expect(third).toEqual(first);
		expect(objects.usage()).toMatchObject({ bytes: 10, objects: 1 });
		await expect(objects.commit(upload.key, { length: 11 })).rejects.toEqual(
			failsWith(Code.FailedPrecondition),
		);
		expect(await objects.stat(upload.key)).toEqual(first);
	});

	test("abort throws an upload away and leaves objects alone", async () => {
		const objects = await opened(openEmpty);
		const kept = await objects.put(someUpload(), Buffer.alloc(5));
		const upload = someUpload();
		await objects.create(upload);
		await objects.write(upload.key, inChunks(Buffer.alloc(10), 10));
		for (const key of [upload.key, upload.key, kept.key, newStagingKey()])
			await objects.abort(key);
		expect(await all(objects.listUploads())).toEqual([]);
		await expect(objects.commit(upload.key, { length: 10 })).rejects.toEqual(
			failsWith(Code.NotFound),
		);
		expect(await objects.stat(kept.key)).toEqual(kept);
	});

	test("abort ends a write that is running", async () => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		await objects.create(upload);
		let ended = false;
		async function* endless() {
			try {
				yield Buffer.alloc(10);
				await objects.abort(upload.key);
				for (;;) yield Buffer.alloc(10);
			} finally {
				ended = true;
			}
		}
		await expect(objects.write(upload.key, endless())).rejects.toEqual(
			failsWith(Code.NotFound),
		);
		expect(ended).toBe(true);
		expect(await all(objects.listUploads())).toEqual([]);
	});

	test("beginning again throws away what was there", async () => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		await objects.put(upload, Buffer.alloc(10));
		await objects.create(upload);
		expect(await objects.stat(upload.key)).toBeUndefined();
		expect(objects.usage()).toMatchObject({ bytes: 0, objects: 0 });
		await objects.put(upload, Buffer.alloc(20));
		await objects.put(upload, Buffer.alloc(30));
		expect(await objects.stat(upload.key)).toMatchObject({ length: 30 });
		expect(objects.usage()).toMatchObject({ bytes: 30, objects: 1 });
		expect(await all(objects.listUploads())).toEqual([]);
	});
}

/** Sends bytes by the shorter way that `create` named, as a worker does, and tells what `commit` wants to know of it. */
async function sendDirect(
	objects: Objects,
	upload: Upload,
	bytes: Buffer,
): Promise<Arrived | undefined> {
	const way = await objects.create(upload, bytes.length);
	if (way?.kind === "file") {
		await using file = await open(way.path, "r+");
		await file.write(bytes, 0, bytes.length, way.offset);
		return { kind: "file" };
	}
	if (way === undefined) return undefined;
	const { uploadId, partSize } = way;
	const count = Math.ceil(bytes.length / partSize);
	const urls = await objects.partUrls(upload.key, uploadId, {
		first: 1,
		count,
	});
	const parts = urls.map(async (url, at) => {
		const body = bytes.subarray(at * partSize, (at + 1) * partSize);
		const answer = await fetch(url, { method: "PUT", body });
		expect(answer.status).toBe(200);
		return { number: at + 1, etag: answer.headers.get("etag") ?? "" };
	});
	return { kind: "parts", uploadId, parts: await Promise.all(parts) };
}

function direct(openEmpty: OpenEmpty): void {
	test("takes bytes that came by the shorter way, and believes their checksum", async () => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		const bytes = randomBytes(20_000_001);
		const arrived = await sendDirect(objects, upload, bytes);
		expect(await objects.stat(upload.key)).toBeUndefined();
		const sha256 = hex("sha256", bytes);
		const expected = { length: bytes.length, sha256 };
		const object = await objects.commit(upload.key, expected, arrived);
		expect(object).toMatchObject({ ...upload, ...expected, md5: "" });
		expect(await objects.stat(upload.key)).toEqual(object);
		expect(await objects.commit(upload.key, expected, arrived)).toEqual(object);
		expect((await bytesOf(objects, upload.key)).equals(bytes)).toBe(true);
		expect(objects.usage()).toMatchObject({ bytes: 20_000_001, objects: 1 });
		expect(await all(objects.listUploads())).toEqual([]);
	});

	test.each([-1, 1])(
		"bytes by the shorter way that are %i off are thrown away",
		async (off) => {
			const objects = await opened(openEmpty);
			const upload = someUpload();
			const arrived = await sendDirect(objects, upload, randomBytes(10_000));
			const expected = { length: 10_000 + off, sha256: "0".repeat(64) };
			await expect(
				objects.commit(upload.key, expected, arrived),
			).rejects.toEqual(failsWith(Code.FailedPrecondition));
			expect(await all(objects.listUploads())).toEqual([]);
			expect(await objects.stat(upload.key)).toBeUndefined();
		},
	);

	test("bytes of an upload that was thrown away meanwhile become nothing", async () => {
		const objects = await opened(openEmpty);
		const upload = someUpload();
		const arrived = await sendDirect(objects, upload, randomBytes(10_000));
		await objects.abort(upload.key);
		const expected = { length: 10_000, sha256: "0".repeat(64) };
		await expect(objects.commit(upload.key, expected, arrived)).rejects.toEqual(
			failsWith(Code.NotFound),
		);
		expect(await objects.stat(upload.key)).toBeUndefined();
	});
}

function reading(openEmpty: OpenEmpty): void {
	test.each([
		[0, 0],
		[0, 2_999_999],
		[2_999_999, 2_999_999],
		[1_000_000, 1_999_999],
	])("reads bytes %i to %i", async (start, end) => {
		const objects = await opened(openEmpty);
		const bytes = randomBytes(3_000_000);
		const { key } = await objects.put(someUpload(), bytes);
		const stream = await objects.open(key, { start, end });
		if (stream === undefined) throw new Error("no object");
		const part = await buffer(stream);
		expect(part.equals(bytes.subarray(start, end + 1))).toBe(true);
	});

	test("an unknown key is nothing", async () => {
		const objects = await opened(openEmpty);
		expect(await objects.stat(newStagingKey())).toBeUndefined();
		expect(await objects.open(newStagingKey())).toBeUndefined();
	});

	test("deletes once and for all, and again", async () => {
		const objects = await opened(openEmpty);
		const { key } = await objects.put(someUpload(), Buffer.alloc(10));
		await Promise.all([objects.delete(key), objects.delete(key)]);
		await objects.delete(key);
		expect(await objects.stat(key)).toBeUndefined();
		expect(await objects.open(key)).toBeUndefined();
		expect(objects.usage()).toMatchObject({ bytes: 0, objects: 0 });
	});
}

function listing(openEmpty: OpenEmpty): void {
	test("lists all objects, and goes on after any of them", async () => {
		const objects = await opened(openEmpty);
		const made = await Promise.all(
			Array.from({ length: 60 }, (_, i) =>
				objects.put(someUpload(), Buffer.alloc(i)),
			),
		);
		const listed = await all(objects.list());
		expect(
			new Map(listed.map((object) => [object.key, object.length])),
		).toEqual(new Map(made.map((object) => [object.key, object.length])));
		for (const at of [0, 30, 59]) {
			const rest = await all(objects.list(listed[at]?.key));
			expect(rest).toEqual(listed.slice(at + 1));
		}
	});

	test("knows how much is stored", async () => {
		const objects = await opened(openEmpty);
		const sizes = [0, 10, 2_000_000];
		const made = await Promise.all(
			sizes.map((size) => objects.put(someUpload(), Buffer.alloc(size))),
		);
		const counting = false;
		expect(objects.usage()).toEqual({ bytes: 2_000_010, objects: 3, counting });
		for (const { key } of made) await objects.delete(key);
		expect(objects.usage()).toEqual({ bytes: 0, objects: 0, counting });
	});
}
