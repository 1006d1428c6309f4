import {
	copyFile,
	mkdtemp,
	readFile,
	rm,
	stat,
	truncate,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { newStagingKey } from "../platform/ids.ts";
import { openDisk } from "./disk.ts";
import { inChunks, objectsContract, someUpload } from "./objects.contract.ts";
import type { Objects } from "./objects.ts";

async function emptyFolder(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "staging-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

objectsContract("disk", async () => openDisk({ folder: await emptyFolder() }));
objectsContract("disk without fsync", async () =>
	openDisk({ folder: await emptyFolder(), fsync: false }),
);

const pathOf = (folder: string, key: string): string =>
	join(folder, key.slice(0, 1).toLowerCase(), key);

async function keysOf(objects: Objects): Promise<string[]> {
	const listed = await Array.fromAsync(objects.list());
	return listed.map((object) => object.key);
}

test("a restart serves the same objects and goes on with uploads", async () => {
	const folder = await emptyFolder();
	const upload = someUpload();
	const before = await openDisk({ folder });
	const object = await before.put(someUpload(), Buffer.from("bytes"));
	await before.create(upload);
	await before.write(upload.key, inChunks(Buffer.alloc(100), 7));
	await before[Symbol.asyncDispose]();

	await using after = await openDisk({ folder });
	await after.counted();
	expect(await after.stat(object.key)).toEqual(object);
	expect(after.usage()).toEqual({ bytes: 5, objects: 1, counting: false });
	const committed = await after.commit(upload.key, { length: 100 });
	expect(committed).toMatchObject(upload);
	expect(after.usage()).toEqual({ bytes: 105, objects: 2, counting: false });
});

test("counts right while objects come and go during the first count", async () => {
	const folder = await emptyFolder();
	const before = await openDisk({ folder, fsync: false });
	const put = () => before.put(someUpload(), Buffer.alloc(10));
	const old = await Promise.all(Array.from({ length: 200 }, put));
	await before[Symbol.asyncDispose]();

	await using after = await openDisk({ folder, fsync: false });
	await Promise.all([
		...old.slice(0, 100).map(({ key }) => after.delete(key)),
		...old.slice(0, 50).map(() => after.put(someUpload(), Buffer.alloc(1))),
	]);
	await after.counted();
	expect(after.usage()).toEqual({ bytes: 1050, objects: 150, counting: false });
});

test("an upload that a crash left behind is listed, and not served", async () => {
	const folder = await emptyFolder();
	const key = newStagingKey();
	await using first = await openDisk({ folder });
	await writeFile(join(folder, "tmp", `${key}.part`), Buffer.alloc(5000));
	await using disk = await openDisk({ folder });
	const [left] = await Array.fromAsync(disk.listUploads());
	expect(left?.key).toBe(key);
	expect(await disk.stat(key)).toBeUndefined();
	await expect(disk.write(key, inChunks(Buffer.alloc(1), 1))).rejects.toThrow();
	await disk.abort(key);
	expect(await Array.fromAsync(first.listUploads())).toEqual([]);
});

test.each([1, 20, 1023, 1024, 1500, 3000, 5047, 5048])(
	"a file that lost its last %i bytes is not served, and can be removed",
	async (lost) => {
		const folder = await emptyFolder();
		await using disk = await openDisk({ folder });
		const { key } = await disk.put(someUpload(), Buffer.alloc(3000));
		const path = pathOf(folder, key);
		await truncate(path, (await stat(path)).size - lost);
		expect(await disk.stat(key)).toBeUndefined();
		expect(await disk.open(key)).toBeUndefined();
		expect(await keysOf(disk)).toEqual([key]);
		await disk.delete(key);
		expect(await keysOf(disk)).toEqual([]);
	},
);

test("a damaged last block is not served", async () => {
	const folder = await emptyFolder();
	await using disk = await openDisk({ folder });
	const { key } = await disk.put(someUpload(), Buffer.alloc(3000));
	const path = pathOf(folder, key);
	const bytes = await readFile(path);
	bytes[bytes.length - 900] = (bytes[bytes.length - 900] ?? 0) ^ 1;
	await writeFile(path, bytes);
	expect(await disk.stat(key)).toBeUndefined();
});

test("a file under another's name is not served", async () => {
	const folder = await emptyFolder();
	await using disk = await openDisk({ folder });
	const { key } = await disk.put(someUpload(), Buffer.alloc(30));
	const other = key.slice(0, 2) + newStagingKey().slice(2);
	await copyFile(pathOf(folder, key), pathOf(folder, other));
	expect(await disk.stat(other)).toBeUndefined();
});

test("who reads an object that is deleted reads on", async () => {
	await using disk = await openDisk({ folder: await emptyFolder() });
	const { key } = await disk.put(someUpload(), Buffer.alloc(3_000_000));
	const stream = await disk.open(key);
	await disk.delete(key);
	if (stream === undefined) throw new Error("no object");
	expect((await buffer(stream)).length).toBe(3_000_000);
});

describe("several processes on one folder", () => {
	async function two() {
		const folder = await emptyFolder();
		const stack = new AsyncDisposableStack();
		onTestFinished(() => stack.disposeAsync());
		const first = stack.use(await openDisk({ folder }));
		const second = stack.use(await openDisk({ folder }));
		await Promise.all([first.counted(), second.counted()]);
		return [first, second] as const;
	}
	const usage = (bytes: number, objects: number) => ({
		bytes,
		objects,
		counting: false,
	});

	test("see each other's objects, and count them", async () => {
		const [first, second] = await two();
		const { key } = await first.put(someUpload(), Buffer.alloc(10));
		await second.put(someUpload(), Buffer.alloc(5));
		expect(await second.stat(key)).toEqual(await first.stat(key));
		await Promise.all([first.recount(), second.recount()]);
		expect(first.usage()).toEqual(usage(15, 2));
		expect(second.usage()).toEqual(usage(15, 2));
		await second.delete(key);
		expect(await first.open(key)).toBeUndefined();
		await first.recount();
		expect(first.usage()).toEqual(usage(5, 1));
	});

	test("go on with each other's uploads", async () => {
		const [first, second] = await two();
		const upload = someUpload();
		await first.create(upload);
		await second.write(upload.key, inChunks(Buffer.alloc(100), 7));
		const both = [first, second].map((one) =>
			one.commit(upload.key, { length: 100 }),
		);
		const [mine, theirs] = await Promise.all(both);
		expect(mine).toEqual(theirs);
		await Promise.all([first.recount(), second.recount()]);
		expect(first.usage()).toEqual(usage(100, 1));
		expect(second.usage()).toEqual(usage(100, 1));
	});

	test("throw away what another is writing", async () => {
		const [first, second] = await two();
		const upload = someUpload();
		await first.create(upload);
		async function* source() {
			yield Buffer.alloc(10);
			await second.abort(upload.key);
			yield Buffer.alloc(10);
		}
		await first.write(upload.key, source());
		await expect(first.commit(upload.key, { length: 20 })).rejects.toThrow(
			"no upload",
		);
		expect(await Array.fromAsync(first.listUploads())).toEqual([]);
		expect(await first.stat(upload.key)).toBeUndefined();
	});
});
