import { lchown, readdir, readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { run } from "./run.ts";

/**
 * As whom PostgreSQL's programs run. They refuse root, and a user id that has no name.
 * `prefix` goes before the program; `uid` and `gid`, where given, are taken on before anything is started.
 */
export interface Guise {
	readonly prefix: readonly string[];
	readonly uid?: number;
	readonly gid?: number;
}

/**
 * Chooses how to run PostgreSQL: as this user where it is an ordinary one; else in a user namespace, in which this
 * same user bears another name, so that the files stay its own; else, as root, by becoming that other user.
 * Costs nothing for an ordinary user, about 10 ms otherwise: the way is tried, not guessed.
 *
 * @throws Error that says what to do when no way works
 */
export async function chooseGuise(binaries: Binaries): Promise<Guise> {
	if (process.getuid?.() !== 0 && hasName()) return { prefix: [] };
	const other = await someUser();
	const renamed = { prefix: namespace(other) };
	if (await runs(binaries, renamed)) return renamed;
	if (process.getuid?.() !== 0)
		throw new Error(
			`user id ${process.getuid?.()} has no name here (/etc/passwd) and user namespaces are forbidden, so PostgreSQL does not start: run as a user with a name, or set store.url to postgres://…`,
		);
	const dropped = { prefix: [], ...other };
	if (await runs(binaries, dropped)) return dropped;
	throw new Error(
		`PostgreSQL does not run as root; user namespaces are forbidden, and user ${other.uid} may not read ${binaries.postgres}: run as an ordinary user, or set store.url to postgres://…`,
	);
}

/** Gives a folder with all in it to whom the guise makes the owner of PostgreSQL's files. Only root needs it. */
export async function handOver(folder: string, guise: Guise): Promise<void> {
	if (process.getuid?.() !== 0) return;
	const { uid = 0, gid = 0 } = guise;
	const owner = await stat(folder);
	if (owner.uid === uid) return;
	const entries = await readdir(folder, { recursive: true });
	for (const entry of entries) await lchown(join(folder, entry), uid, gid);
	// The folder comes last: as long as it is not handed over, a start does all of it again.
	await lchown(folder, uid, gid);
}

const namespace = ({ uid, gid }: { uid: number; gid: number }) => [
	"unshare",
	"--user",
	`--map-user=${uid}`,
	`--map-group=${gid}`,
];

const runs = async (binaries: Binaries, { prefix, uid, gid }: Guise) =>
	(
		await run({
			argv: [...prefix, binaries.postgres, "--version"],
			env: binaries.env,
			uid,
			gid,
		})
	).code === 0;

function hasName(): boolean {
	try {
		return userInfo().username !== "";
	} catch {
		return false;
	}
}

/** An unprivileged user of this machine: `postgres` or `nobody` if they exist. */
async function someUser(): Promise<{ uid: number; gid: number }> {
	const lines = (await readFile("/etc/passwd", "utf8")).split("\n");
	for (const wanted of ["postgres", "nobody"]) {
		const fields = lines
			.find((line) => line.startsWith(`${wanted}:`))
			?.split(":");
		// macOS writes the ids of `nobody` as -2.
		if (fields)
			return { uid: Number(fields[2]) >>> 0, gid: Number(fields[3]) >>> 0 };
	}
	throw new Error(
		"PostgreSQL needs a user `postgres` or `nobody` in /etc/passwd when it is not started by an ordinary user",
	);
}
