import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { until } from "./until.ts";

const told = z.object({ pid: z.number(), folder: z.string() });
const FIXTURE = join(import.meta.dirname, "fixtures/guarded.ts");

test("what a process started and made goes with it, also when it is killed", async () => {
	const parent = spawn(process.execPath, [FIXTURE], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const [line] = await once(parent.stdout.setEncoding("utf8"), "data");
	const { pid, folder } = told.parse(JSON.parse(String(line)));
	expect(existsSync(folder)).toBe(true);
	expect(runs(pid)).toBe(true);
	parent.kill("SIGKILL");
	await until("it has ended", () => !runs(pid));
	await until("it is gone", () => !existsSync(folder));
});

function runs(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}
