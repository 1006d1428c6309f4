import { spawnSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import {
	type TemporaryFolder,
	temporaryFolder,
} from "../../test/kit/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Suites of tests that behave as their names say: "once" fails in its first run, "always" in each. */
const FILES = {
	"good.ts": `
		test("a", () => {});
		test("b", () => {});`,
	"once.ts": `
		describe("sometimes", () => {
			test("is late", () => { if (isFirst("once")) throw new Error("too late\\nby far"); });
			test("is there", () => {});
		});`,
	"always.ts": `
		test("works", () => {});
		test("is wrong", () => { expect(1).toBe(2); });`,
	"hook.ts": `
		describe("a server", () => {
			beforeAll(() => { throw new Error("does not start"); });
			test("answers", () => {});
		});`,
	"import.ts": `
		await import("./nowhere".concat(".ts"));
		test("never", () => {});`,
	"dies.ts": `
		test("ends its process", () => { if (isFirst("dies")) process.kill(process.pid, "SIGKILL"); });`,
	"outside.ts": `
		test("leaves a promise", async () => {
			void Promise.reject(new Error("nobody waits"));
			await new Promise((resolve) => setImmediate(resolve));
		});`,
};

const KIT = `
	import { existsSync, writeFileSync } from "node:fs";
	import { beforeAll, describe, expect, test } from "vitest";
	function isFirst(name: string) {
		const mark = import.meta.dirname + "/" + name + ".mark";
		if (existsSync(mark)) return false;
		writeFileSync(mark, "");
		return true;
	}`;

let folder: TemporaryFolder;
beforeAll(async () => {
	folder = await temporaryFolder("suites");
	await symlink(join(ROOT, "node_modules"), join(folder.path, "node_modules"));
	return () => folder[Symbol.asyncDispose]();
});

/** @returns its last lines and how it ended */
async function run(
	suites: Record<string, readonly (keyof typeof FILES)[]>,
	...args: string[]
): Promise<{ said: string[]; status: number | null }> {
	const place = join(folder.path, String(Math.random()));
	await mkdir(place);
	for (const [suite, files] of Object.entries(suites)) {
		for (const file of files)
			await writeFile(join(place, file), KIT + FILES[file]);
		const include = JSON.stringify(files);
		await writeFile(
			join(place, `${suite}.config.ts`),
			`export default { test: { include: ${include} } };`,
		);
	}
	const configs = Object.keys(suites).map((suite) => `${suite}.config.ts`);
	const { stdout, status } = spawnSync(
		process.execPath,
		[join(ROOT, "scripts/ci/suites.ts"), ...args, ...configs],
		{ cwd: place, encoding: "utf8" },
	);
	const lines = stdout.replaceAll(`${place}/`, "").split("\n");
	const from = lines.findIndex((line) => /^(failed|flaky): /.test(line));
	return { said: lines.slice(from === -1 ? -2 : from, -1), status };
}

test("what passes is counted over all suites", async () => {
	expect(await run({ one: ["good.ts"], two: ["good.ts"] })).toEqual({
		said: ["4 passed, 0 failed"],
		status: 0,
	});
});

test("what fails once and passes alone is told, and is no failure", async () => {
	const { said, status } = await run({ one: ["good.ts", "once.ts"] });
	expect(said).toEqual([
		"flaky: once.ts > sometimes > is late (failed once, passed alone)",
		"    Error: too late",
		"    by far",
		expect.stringMatching(/^ {4}at once\.ts:\d+:\d+$/),
		"4 passed, 0 failed",
	]);
	expect(status).toBe(0);
});

test("what fails twice is a failure, whatever else was flaky", async () => {
	const { said, status } = await run({
		one: ["always.ts", "once.ts"],
		two: ["good.ts"],
	});
	expect(said).toEqual(
		expect.arrayContaining([
			"failed: always.ts > is wrong (also alone)",
			"    AssertionError: expected 1 to be 2 // Object.is equality",
			"flaky: once.ts > sometimes > is late (failed once, passed alone)",
		]),
	);
	expect(said.at(-1)).toBe("5 passed, 1 failed");
	expect(status).toBe(1);
});

test("hooks, files and processes that fail are told too", async () => {
	const { said, status } = await run({
		one: ["good.ts", "hook.ts", "import.ts", "dies.ts"],
	});
	expect(said).toEqual(
		expect.arrayContaining([
			"failed: hook.ts > a server (also alone)",
			"    Error: does not start",
			"failed: import.ts (also alone)",
			"flaky: dies.ts (failed once, passed alone)",
			"failed: outside of all tests",
			expect.stringMatching(/Caused by: Error: Worker exited .* dies\.ts$/),
		]),
	);
	expect(said.at(-1)).toBe("3 passed, 3 failed");
	expect(status).toBe(1);
});

test.each([
	[
		"an error that no test waits for",
		["outside.ts"],
		[],
		"outside of all tests",
		1,
	],
	[
		"a suite without tests",
		[],
		[],
		"vitest run --config one.config.ts ended with 1",
		0,
	],
	["what the caller saw", ["good.ts"], ["--broken", "types"], "types", 2],
] as const)(
	"%s is a failure without a second chance",
	async (_what, files, args, told, passed) => {
		const { said, status } = await run({ one: files }, ...args);
		expect(said[0]).toContain(`failed: ${told}`);
		expect(said.at(-1)).toBe(`${passed} passed, 1 failed`);
		expect(status).toBe(1);
	},
);
