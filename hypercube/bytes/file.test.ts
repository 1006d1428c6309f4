import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openFile } from "./file.ts";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "bytes-"));
	await writeFile(join(folder, "digits"), "0123456789");
});
afterAll(() => rm(folder, { recursive: true }));

test("a file answers at once, fewer octets at its end, and nothing after it was closed", () => {
	const file = openFile(join(folder, "digits"));
	expect(file.size).toBe(10);
	expect(String(file.read(3, 4))).toBe("3456");
	expect(String(file.read(8, 4))).toBe("89");
	expect(file.read(20, 4)).toHaveLength(0);
	file.close();
	file.close();
	expect(() => file.read(0, 1)).toThrow("is closed");
});

test("a file that is not there is told", () => {
	expect(() => openFile(join(folder, "none"))).toThrow("ENOENT");
});
