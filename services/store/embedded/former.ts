import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "./run.ts";

/** Milliseconds that each way of stopping gets. A fast shutdown writes out the buffers, so it may take a while. */
const WAYS = [
	["SIGINT", 20_000],
	["SIGQUIT", 5_000],
	["SIGKILL", 5_000],
] as const;

/**
 * Ends the PostgreSQL that a former run may have left on these data, and removes its `postmaster.pid`.
 * The caller holds the lock on the folder, so whatever runs there belongs to nobody.
 */
export async function endFormer(cluster: string): Promise<void> {
	const file = join(cluster, "postmaster.pid");
	const text = await readFile(file, "utf8").catch(() => undefined);
	if (text === undefined) return;
	const pid = Number.parseInt(text, 10);
	if (pid > 1 && (await serves(pid, cluster))) await end(pid, cluster);
	await rm(file, { force: true });
}

async function end(pid: number, cluster: string): Promise<void> {
	for (const [signal, patience] of WAYS) {
		kill(pid, signal);
		const deadline = performance.now() + patience;
		while (performance.now() < deadline) {
			if (!(await serves(pid, cluster))) return;
			await pause(10);
		}
	}
	throw new Error(
		`a PostgreSQL of a former run, process ${pid}, still uses ${cluster} and does not end`,
	);
}

function kill(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch {
		// Gone in the meantime, or not ours: the wait that follows tells.
	}
}

/** Whether that process is a PostgreSQL on these data: its id may by now belong to something else. */
async function serves(pid: number, cluster: string): Promise<boolean> {
	const command =
		process.platform === "linux"
			? await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")
			: (await run({ argv: ["ps", "-p", `${pid}`, "-o", "command="] })).output;
	return command.includes("postgres") && command.includes(cluster);
}
