import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cached, tool } from "./tools.ts";

let cache: string;

beforeEach(async () => {
	cache = await mkdtemp(join(tmpdir(), "tools-test-"));
	vi.stubEnv("XDG_CACHE_HOME", cache);
});

afterEach(async () => {
	vi.unstubAllEnvs();
	await rm(cache, { recursive: true });
});

test("a tool that cannot be installed is an error that says what to install", async () => {
	vi.stubEnv("PATH", cache);
	const wanted = {
		name: "no-such-tool",
		version: "1.2.3",
		recipes: [
			{ by: "go", module: "example.org/no-such-tool@v1.2.3" },
			{ by: "apt", package: "no-such-tool" },
		],
	} as const;
	await expect(tool(wanted)).rejects.toThrow(
		/no-such-tool 1\.2\.3.*go install example\.org\/no-such-tool@v1\.2\.3.*apt-get install no-such-tool/,
	);
});

test("a tool on PATH is taken as it is", async () => {
	vi.stubEnv("PATH", cache);
	await writeFile(join(cache, "some-tool"), "", { mode: 0o755 });
	const path = await tool({ name: "some-tool", version: "1", recipes: [] });
	expect(path).toBe(join(cache, "some-tool"));
});

test("many who ask at once fill a folder once", async () => {
	let fills = 0;
	const fill = async (folder: string): Promise<void> => {
		fills += 1;
		await writeFile(join(folder, "content"), "");
	};
	const folders = await Promise.all(
		Array.from({ length: 8 }, () => cached("thing-1", fill)),
	);
	expect(fills).toBe(1);
	expect(new Set(folders).size).toBe(1);
});

test("a folder whose filling failed is filled anew", async () => {
	const half = cached("thing-1", async (folder) => {
		await writeFile(join(folder, "half"), "");
		throw new Error("no network");
	});
	await expect(half).rejects.toThrow("no network");
	const folder = await cached("thing-1", (folder) =>
		writeFile(join(folder, "whole"), ""),
	);
	expect((await readdir(folder)).toSorted()).toEqual([".complete", "whole"]);
});
