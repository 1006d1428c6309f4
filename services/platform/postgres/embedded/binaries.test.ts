import {
	mkdir,
	mkdtemp,
	readdir,
	readlink,
	rm,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findBinaries, linkLibraries } from "./binaries.ts";
import { run } from "./run.ts";

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "binaries-"));
});
afterEach(async () => {
	await rm(folder, {
		recursive: true,
		force: true,
		maxRetries: 20,
		retryDelay: 50,
	});
});

/** The package's description of its links, without the libraries. */
async function packageWithout(library: "file" | "folder"): Promise<string> {
	const native = join(folder, "native");
	await mkdir(native);
	await writeFile(
		join(native, "pg-symlinks.json"),
		JSON.stringify([
			{ source: "native/lib/libx.so.5.18", target: "native/lib/libx.so.5" },
		]),
	);
	const path = join(native, "lib");
	await (library === "folder" ? mkdir(path) : writeFile(path, ""));
	if (library === "folder") await writeFile(join(path, "libx.so.5.18"), "");
	return native;
}

describe("the programs that npm brought", () => {
	test("are found, and run", async () => {
		const { postgres } = await findBinaries(join(folder, "spare"));
		const { code, output } = await run({ argv: [...postgres, "--version"] });
		expect({ code, output }).toEqual({
			code: 0,
			output: expect.stringMatching(/PostgreSQL\) \d+/),
		});
	});

	test("get the links that an install script would have made", async () => {
		const native = await packageWithout("folder");
		expect(await linkLibraries(native, join(folder, "spare"))).toEqual([]);
		expect(await readlink(join(native, "lib", "libx.so.5"))).toBe(
			"libx.so.5.18",
		);
		expect(await readdir(folder)).toEqual(["native"]);
	});

	test("get them elsewhere when the package cannot be written", async () => {
		const native = await packageWithout("file");
		const spare = join(folder, "spare");
		const prefix = await linkLibraries(native, spare);
		expect(prefix).toEqual([
			"env",
			expect.stringMatching(/^(LD|DYLD)_LIBRARY_PATH=/),
		]);
		expect(prefix[1]).toContain(`=${spare}:${join(native, "lib")}`);
		expect(await readlink(join(spare, "libx.so.5"))).toBe(
			join(native, "lib", "libx.so.5.18"),
		);
	});
});
