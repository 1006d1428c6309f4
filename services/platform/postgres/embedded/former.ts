import { readdir, readFile, readlink, realpath, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "./run.ts";

/** Milliseconds that each way of stopping gets. A fast shutdown writes out the buffers, so it may take a while. */
const WAYS = [
	["SIGINT", 20_000],
	["SIGQUIT", 5_000],
	["SIGKILL", 5_000],
] as const;

/**
 * Ends what a former run may have left running on these data: PostgreSQL, or sessions of it that are still at work
 * though it was killed. The caller holds the lock on the folder, so whatever runs there belongs to nobody.
 *
 * @throws Error when a process does not end
 */
export async function endFormer(cluster: string): Promise<void> {
	const file = join(cluster, "postmaster.pid");
	const text = await readFile(file, "utf8").catch(() => undefined);
	if (text === undefined) return;
	const data = await realpath(cluster);
	const pid = Number.parseInt(text, 10);
	await end(pid, data, WAYS);
	// Without their server there is nothing that these could do in good order.
	for (const session of await sessionsOn(data))
		await end(session, data, WAYS.slice(-1));
	// If the id belongs to something else by now, PostgreSQL would take that for itself and refuse to start.
	// Otherwise the file stays: PostgreSQL checks by it, too, that nobody works on the data.
	if (send(pid, 0)) await rm(file, { force: true });
}

/** Ends a process, if it is a PostgreSQL on these data, and waits until it is gone. */
async function end(
	pid: number,
	data: string,
	ways: readonly (typeof WAYS)[number][],
): Promise<void> {
	for (const [signal, patience] of ways) {
		const deadline = performance.now() + patience;
		if (!(await serves(pid, data))) return;
		send(pid, signal);
		while (performance.now() < deadline) {
			if (!(await serves(pid, data))) return;
			await pause(10);
		}
	}
	throw new Error(
		`a PostgreSQL of a former run, process ${pid}, still uses ${data} and does not end`,
	);
}

/** Whether the signal could be sent; 0 only asks whether there is such a process. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
	try {
		return pid > 1 && process.kill(pid, signal);
	} catch {
		return false;
	}
}

/**
 * Whether that process is a PostgreSQL on these data: its id may by now belong to something else.
 * Every process of PostgreSQL works in its data folder; where that cannot be seen, the server's command line names it.
 */
async function serves(pid: number, data: string): Promise<boolean> {
	if (process.platform !== "linux") {
		const { output } = await run({
			argv: ["ps", "-p", `${pid}`, "-o", "command="],
		});
		return output.includes("postgres") && output.includes(data);
	}
	try {
		const command = await readFile(`/proc/${pid}/cmdline`, "utf8");
		const program = basename(command.split("\0")[0]?.split(":")[0] ?? "");
		return (
			program === "postgres" && (await readlink(`/proc/${pid}/cwd`)) === data
		);
	} catch {
		return false;
	}
}

/** All processes of PostgreSQL on these data, where the system shows them. */
async function sessionsOn(data: string): Promise<number[]> {
	const names = await readdir("/proc").catch(() => []);
	const found = [];
	for (const pid of names.map(Number))
		if (pid > 1 && (await serves(pid, data))) found.push(pid);
	return found;
}
