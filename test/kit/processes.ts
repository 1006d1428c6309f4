import { readdir, readFile, readlink } from "node:fs/promises";

/** Ids of the processes that name a folder in their command line or work in it. */
export async function processesOn(folder: string): Promise<number[]> {
	const found: number[] = [];
	for (const pid of (await readdir("/proc")).map(Number)) {
		if (Number.isNaN(pid) || pid === process.pid) continue;
		const [command, cwd] = await Promise.all([
			readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""),
			readlink(`/proc/${pid}/cwd`).catch(() => ""),
		]);
		if (command.includes(folder) || cwd.startsWith(folder)) found.push(pid);
	}
	return found;
}
