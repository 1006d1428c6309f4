import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder } from "./lock.ts";

let folder: string;
let holders: ChildProcess[];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "lock-"));
	holders = [];
});
afterEach(async () => {
	for (const holder of holders) holder.kill("SIGKILL");
	await rm(folder, { recursive: true, force: true });
});

/** Starts a process that tries for the lock, and gives what it says about it. */
async function contend(): Promise<{ holder: ChildProcess; said: string }> {
	const holder = spawn(
		process.execPath,
		[join(import.meta.dirname, "fixtures", "holder.ts"), folder],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	holders.push(holder);
	const [said] = await once(holder.stdout, "data");
	return { holder, said: String(said).trim() };
}

describe("the lock on a data folder", () => {
	test("refuses a second process and names the first", async () => {
		const { holder, said } = await contend();
		expect(said).toBe("mine");
		await expect(lockFolder(folder)).rejects.toThrow(
			`${folder} is in use by process ${holder.pid}; stop it or choose another folder with --data`,
		);
	});

	test("is free again once its holder was killed", async () => {
		const { holder } = await contend();
		holder.kill("SIGKILL");
		await once(holder, "exit");
		await using _lock = await lockFolder(folder);
		expect((await contend()).said).toContain(`process ${process.pid};`);
	});

	test("is free again once it is given back, and not twice in one process", async () => {
		{
			await using _lock = await lockFolder(folder);
			await expect(lockFolder(folder)).rejects.toThrow("is in use");
		}
		await using _lock = await lockFolder(folder);
	});

	test("goes to exactly one of several that start at once", async () => {
		const said = await Promise.all([1, 2, 3, 4].map(contend));
		expect(said.filter((one) => one.said === "mine")).toHaveLength(1);
	});
});
