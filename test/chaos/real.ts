import { spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { endsWithUs } from "../kit/guard.ts";
import { python } from "../kit/python.ts";
import { temporaryFolder } from "../kit/temporary.ts";
import type { Seen } from "./client.ts";
import { keyOf, type Task } from "./tasks.ts";

const answer = z.object({
	index: z.number(),
	id: z.string().nullable(),
	sha256: z.string().optional(),
	error: z.string().optional(),
});

/** People with polytope-client, several at once. */
export interface RealClients extends AsyncDisposable {
	perform(task: Task): Promise<Seen>;
}

/** @param log file that takes what they print */
export async function openRealClients(
	url: string,
	log: string,
): Promise<RealClients> {
	const folder = await temporaryFolder("chaos-client");
	const home = folder.path;
	await using output = await open(log, "a");
	const script = join(import.meta.dirname, "client.py");
	const child = spawn(await python("client"), [script], {
		cwd: home,
		stdio: ["pipe", "pipe", output.fd],
		env: {
			PATH: process.env.PATH,
			HOME: home,
			POLYTOPE_CONFIG_PATH: join(home, "config"),
			ADDRESS: url,
			NO_PROXY: "127.0.0.1",
			PYTHONDONTWRITEBYTECODE: "1",
		},
	});
	endsWithUs(child);
	const { stdin, stdout } = child;
	if (stdin === null || stdout === null) throw new Error("no pipes");
	// Its end is told by its exit.
	stdin.on("error", () => undefined);
	const ended = once(child, "exit");
	const waiting = new Map<number, (seen: Seen) => void>();
	const asked = new Map<number, Task>();
	createInterface({ input: stdout }).on("line", (line) => {
		const { index, id, sha256, error } = answer.parse(JSON.parse(line));
		const task = asked.get(index);
		if (task === undefined) return;
		waiting.get(index)?.({
			task,
			...(id !== null && { id }),
			...(sha256 !== undefined && { sha256 }),
			...(error !== undefined && { message: error }),
			end: error === undefined ? "processed" : "failed",
		});
	});
	ended.then(() => {
		for (const [index, resolve] of waiting) {
			const task = asked.get(index);
			if (task) resolve({ task, end: "never", message: "its process ended" });
		}
	});
	return {
		perform(task) {
			const { promise, resolve } = Promise.withResolvers<Seen>();
			asked.set(task.index, task);
			waiting.set(task.index, resolve);
			const { index, collection, request, user } = task;
			const line = { index, collection, request, key: keyOf(user) };
			stdin.write(`${JSON.stringify(line)}\n`);
			return promise;
		},
		async [Symbol.asyncDispose]() {
			child.kill("SIGKILL");
			await ended;
			await folder[Symbol.asyncDispose]();
		},
	};
}
