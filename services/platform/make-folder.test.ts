import { mkdtempDisposable, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "./make-folder.ts";

test("a folder is made with those above it, and once", async () => {
	await using folder = await mkdtempDisposable(join(tmpdir(), "folder-"));
	const path = join(folder.path, "a/b/c");
	await Promise.all([makeFolder(path), makeFolder(path)]);
	await makeFolder(path);
	expect((await stat(path)).isDirectory()).toBe(true);
});

test("what cannot be made is named, with what to do", async () => {
	await using folder = await mkdtempDisposable(join(tmpdir(), "folder-"));
	const file = join(folder.path, "file");
	await writeFile(file, "");
	await expect(makeFolder(join(file, "x"))).rejects.toThrow(
		/folder \S+file cannot be made .*--data/,
	);
});

test.runIf(process.platform === "linux")(
	"a place where the system makes none is told at once",
	async () => {
		await expect(makeFolder("/proc/x/y")).rejects.toThrow(
			/folder \/proc\/x cannot be made .*--data/,
		);
	},
);
