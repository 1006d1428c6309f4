import { readdir, readFile, readlink } from "node:fs/promises";

/** What a process holds open. */
export interface Held {
	/** File descriptors in all. */
	readonly count: number;
	/** Connections whose other end is gone, and files that were removed. */
	readonly stale: readonly string[];
}

/** TCP's CLOSE_WAIT in `/proc/net/tcp`: the other end has closed, ours has not. */
const CLOSE_WAIT = "08";

export async function heldBy(pid: number): Promise<Held> {
	const folder = `/proc/${pid}/fd`;
	const targets = await Promise.all(
		(await readdir(folder)).map((fd) =>
			readlink(`${folder}/${fd}`).catch(() => ""),
		),
	);
	const waiting = await closeWaiting(pid);
	return {
		count: targets.length,
		stale: targets.flatMap((target) => {
			const connection = waiting.get(target);
			if (connection !== undefined) return [connection];
			return target.startsWith("/") && target.endsWith("(deleted)")
				? [target]
				: [];
		}),
	};
}

/** By the name that a descriptor has: whom the connection was to. */
async function closeWaiting(pid: number): Promise<Map<string, string>> {
	const found = new Map<string, string>();
	const lines = (await readFile(`/proc/${pid}/net/tcp`, "utf8")).split("\n");
	for (const line of lines) {
		const [, local = "", remote = "", state, , , , , , inode] = line
			.trim()
			.split(/\s+/);
		if (state === CLOSE_WAIT)
			found.set(
				`socket:[${inode}]`,
				`half-closed connection ${portOf(local)} → ${portOf(remote)}`,
			);
	}
	return found;
}

const portOf = (address: string): number =>
	Number.parseInt(address.split(":")[1] ?? "", 16);
