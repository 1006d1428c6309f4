import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Takes a data folder for this process, until disposed of or until the process ends, however it ends.
 *
 * An SQLite transaction is the lock, since the kernel frees it with its holder: there is no stale lock to take over, so
 * no process id that was given out again to mistake for its holder, and no race between two that take over.
 * The holder's id lies beside it, for people.
 *
 * @throws Error that names the process which has the folder
 */
export async function lockFolder(folder: string): Promise<AsyncDisposable> {
	const path = resolve(folder);
	await mkdir(path, { recursive: true });
	const holder = join(path, "lock.pid");
	const lock = new DatabaseSync(join(path, "lock"), { timeout: 0 });
	if (!take(lock)) {
		lock.close();
		const pid = await readFile(holder, "utf8").catch(() => "");
		throw new Error(
			`${path} is in use by ${pid === "" ? "another process" : `process ${pid.trim()}`}; stop it or choose another folder with --data`,
		);
	}
	await writeFile(holder, `${process.pid}\n`);
	return {
		[Symbol.asyncDispose]: async () => {
			if (lock.isOpen) lock.close();
		},
	};
}

/** SQLite's result code for a lock that somebody else holds. */
const BUSY = 5;

function take(lock: DatabaseSync): boolean {
	try {
		// Without a journal file, of which a process that was killed would leave a trace.
		lock.exec("pragma journal_mode = memory; begin exclusive");
		return true;
	} catch (error) {
		if (error instanceof Error && "errcode" in error && error.errcode === BUSY)
			return false;
		lock.close();
		throw error;
	}
}
