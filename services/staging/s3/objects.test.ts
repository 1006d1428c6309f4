import { afterAll, beforeAll, expect, test } from "vitest";
import { type S3Server, startS3 } from "../../../test/kit/s3.ts";
import { INSTALL_TIMEOUT } from "../../../test/kit/tools.ts";
import { systemClock } from "../../platform/clock.ts";
import { parseS3Address } from "../../platform/s3-address.ts";
import { inChunks, objectsContract, someUpload } from "../objects.contract.ts";
import type { Objects } from "../objects.ts";
import { S3Client } from "./client.ts";
import { openS3 } from "./open.ts";

let server: S3Server;
let buckets = 0;

beforeAll(async () => {
	server = await startS3();
}, INSTALL_TIMEOUT);
afterAll(() => server[Symbol.asyncDispose]());

const open = (bucket: string): Promise<Objects> =>
	openS3({ ...server, url: server.urlOf(bucket), clock: systemClock }).then(
		({ objects }) => objects,
	);
const emptyBucket = (): Promise<Objects> => open(`bucket-${++buckets}`);

objectsContract("S3", emptyBucket);

test("finds more than 1000 uploads that nobody ended, and more than 1000 objects", {
	timeout: 120_000,
}, async () => {
	await using objects = await emptyBucket();
	const uploads = Array.from({ length: 1010 }, someUpload);
	const stored = Array.from({ length: 1010 }, someUpload);
	await inTurns(uploads, (upload) => objects.create(upload));
	await inTurns(stored, (upload) => objects.put(upload, Buffer.alloc(1)));
	const keysOf = (all: readonly { key: string }[]): string[] =>
		all.map(({ key }) => key).toSorted();
	const pending = await Array.fromAsync(objects.listUploads());
	expect(keysOf(pending)).toEqual(keysOf(uploads));
	const listed = await Array.fromAsync(objects.list());
	expect(keysOf(listed)).toEqual(keysOf(stored));
});

test("another process goes on with an upload, and neither counts the other's bytes for ever", async () => {
	const bucket = `bucket-${++buckets}`;
	await using first = await open(bucket);
	await using second = await open(bucket);
	await first.counted();
	await second.counted();
	const upload = someUpload();
	const bytes = Buffer.alloc(6_000_000, 7);
	await first.create(upload);
	await second.write(upload.key, inChunks(bytes, 1_000_000));
	const object = await first.commit(upload.key, { length: 6_000_000 });
	expect(object).toMatchObject(upload);
	expect(await second.stat(upload.key)).toEqual(object);
	expect(await second.commit(upload.key, { length: 6_000_000 })).toEqual(
		object,
	);
	await second.delete(upload.key);
	expect(await first.stat(upload.key)).toBeUndefined();
});

test("an upload that was begun twice, since its first answer was lost, takes its bytes either way", async () => {
	const bucket = `bucket-${++buckets}`;
	await using first = await open(bucket);
	await using second = await open(bucket);
	const upload = someUpload();
	const bytes = Buffer.alloc(100, 1);
	const way = await first.create(upload, bytes.length);
	await second.create(upload, bytes.length);
	if (way?.kind !== "parts") throw new Error("no parts");
	const { uploadId } = way;
	const range = { first: 1, count: 1 };
	const [url = ""] = await second.partUrls(upload.key, uploadId, range);
	const answer = await fetch(url, { method: "PUT", body: bytes });
	const parts = [{ number: 1, etag: answer.headers.get("etag") ?? "" }];
	const expected = { length: 100, sha256: "a".repeat(64) };
	const arrived = { kind: "parts", uploadId, parts } as const;
	await first.commit(upload.key, expected, arrived);
	for await (const { key } of first.listUploads()) await first.abort(key);
	expect(await Array.fromAsync(first.listUploads())).toEqual([]);
	expect(await second.stat(upload.key)).toMatchObject(expected);
});

test("facts whose upload was thrown away meanwhile are found, and go when it is aborted again", async () => {
	const bucket = `bucket-${++buckets}`;
	await using objects = await open(bucket);
	const large = await completed(objects);
	const pending = someUpload();
	await objects.create(pending);
	const stray = [someUpload(), someUpload(), someUpload()].map(
		({ key }) => key,
	);
	using raw = new S3Client(parseS3Address(server.urlOf(bucket)), server);
	for (const key of stray) await raw.putObject(bucket, `facts/${key}`, "{}");
	const found = async (): Promise<Set<string>> =>
		new Set(
			(await Array.fromAsync(objects.listUploads())).map(({ key }) => key),
		);
	expect(await found()).toEqual(new Set([pending.key, ...stray]));
	for (const key of stray) await objects.abort(key);
	expect(await found()).toEqual(new Set([pending.key]));
	expect(await objects.stat(large.key)).toMatchObject(large);
});

/** A large object, whose facts lie apart. */
async function completed(objects: Objects) {
	const upload = someUpload();
	await objects.create(upload);
	await objects.write(upload.key, inChunks(Buffer.alloc(2_000_000), 1_000_000));
	await objects.commit(upload.key, { length: 2_000_000 });
	return upload;
}

/** Some at a time, as fast as a small server takes it. */
async function inTurns<T>(
	items: readonly T[],
	work: (item: T) => Promise<unknown>,
): Promise<void> {
	for (let at = 0; at < items.length; at += 32)
		await Promise.all(items.slice(at, at + 32).map(work));
}
