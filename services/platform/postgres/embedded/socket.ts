import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes that the path of a Unix socket may have: 107 on Linux, 103 on macOS. */
const LONGEST = process.platform === "linux" ? 107 : 103;

export const PORT = 5432;

/** Where PostgreSQL's socket goes. `scratch` says that the folder is a temporary one, to be removed afterwards. */
export interface SocketFolder {
	readonly path: string;
	readonly scratch: boolean;
}

/**
 * The data folder itself, if the socket's path is short enough there, else a new folder in the temporary one.
 * Both may be entered by the owner alone (mode 0700): this is what guards the database, which asks for no password.
 */
export async function socketFolder(folder: string): Promise<SocketFolder> {
	if (fits(folder)) return { path: folder, scratch: false };
	const parent = fits(join(tmpdir(), "polytope-XXXXXX")) ? tmpdir() : "/tmp";
	return { path: await mkdtemp(join(parent, "polytope-")), scratch: true };
}

/** Makes a temporary folder again, which the watchdog removed with the server that died. */
export async function restoreSocketFolder({
	path,
	scratch,
}: SocketFolder): Promise<void> {
	if (!scratch) return;
	await rm(path, { recursive: true, force: true });
	// Not `recursive`, which would take a folder that somebody else has made there meanwhile.
	await mkdir(path, { mode: 0o700 });
}

const fits = (folder: string): boolean =>
	Buffer.byteLength(join(folder, `.s.PGSQL.${PORT}`)) <= LONGEST;
