import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Runs `work` while no other process holds the lock at `path`.
 *
 * An SQLite transaction is used as the lock, since the kernel frees it when its holder dies: a lock file
 * with a process id in it needs a takeover, and two waiters can both take over.
 */
export async function withLock<T>(
	path: string,
	work: () => Promise<T>,
): Promise<T> {
	const lock = new DatabaseSync(path, { timeout: 0 });
	try {
		while (!tryTake(lock)) await pause(100);
		return await work();
	} finally {
		lock.close();
	}
}

function tryTake(lock: DatabaseSync): boolean {
	try {
		lock.exec("begin exclusive");
		return true;
	} catch (error) {
		if (error instanceof Error && error.message.includes("locked"))
			return false;
		throw error;
	}
}
