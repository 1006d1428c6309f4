import {
	mkdtemp,
	readdir,
	readFile,
	rm,
	stat,
	truncate,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSample } from "./make.ts";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "sample-"));
	await makeSample(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const names = [
	"20250101-enfo-pf.grib2",
	"20250101-oper-fc.grib2",
	"20250102-oper-fc.grib2",
];

test("three files of whole messages, 1092 in all", async () => {
	const found = (await readdir(folder)).filter((name) => !name.startsWith("."));
	expect(found.sort()).toEqual(names);
	const counts = await Promise.all(
		names.map((name) => countMessages(join(folder, name))),
	);
	expect(counts).toEqual([546, 273, 273]);
});

test("a second call touches nothing; a damaged archive is made anew, to the same bytes", async () => {
	const path = join(folder, "20250101-oper-fc.grib2");
	const [before, bytes] = [await stat(path), await readFile(path)];
	await makeSample(folder);
	expect((await stat(path)).ino).toBe(before.ino);
	await truncate(path, 1000);
	await makeSample(folder);
	expect(bytes.equals(await readFile(path))).toBe(true);
});

test("an aborted call leaves nothing behind", async () => {
	const empty = await mkdtemp(join(tmpdir(), "sample-"));
	try {
		await expect(
			makeSample(empty, AbortSignal.abort(new Error("enough"))),
		).rejects.toThrow("enough");
		expect(await readdir(empty)).toEqual([]);
	} finally {
		await rm(empty, { recursive: true });
	}
});

async function countMessages(path: string): Promise<number> {
	const bytes = await readFile(path);
	let [count, at] = [0, 0];
	while (at < bytes.length) {
		const length = Number(bytes.readBigUInt64BE(at + 8));
		expect(bytes.toString("latin1", at, at + 4)).toBe("GRIB");
		expect(bytes.toString("latin1", at + length - 4, at + length)).toBe("7777");
		at += length;
		count++;
	}
	return count;
}
