import { lchown, readdir, readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
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
 * same user bears another name, so that the files stay its own; else, as root, by becoming another user.
 * Costs nothing for an ordinary user, about 10 ms otherwise: each way is tried, not guessed.
 * What lies in `folder` afterwards belongs to whom PostgreSQL runs as.
 *
 * @throws Error that says what to do when no way works
 */
export async function chooseGuise(
	binaries: Binaries,
	folder: string,
): Promise<Guise> {
	if (!isRoot() && hasName()) return { prefix: [] };
	for (const guise of await guises(folder)) {
		await handOver(folder, guise);
		if (await works(guise, binaries, folder)) return guise;
	}
	throw new Error(
		isRoot()
			? `PostgreSQL does not run as root, and no other user may enter both ${folder} and ${binaries.folder}: run as an ordinary user, choose another folder with --data, or set store.url to postgres://…`
			: `user id ${process.getuid?.()} has no name here (/etc/passwd) and user namespaces are forbidden, so PostgreSQL does not start: run as a user with a name, or set store.url to postgres://…`,
	);
}

/** Gives a folder with all in it to the owner of PostgreSQL's files. Only root needs it. */
export async function handOver(folder: string, guise: Guise): Promise<void> {
	if (!isRoot()) return;
	const { uid = 0, gid = 0 } = guise;
	const owner = await stat(folder);
	if (owner.uid === uid) return;
	const entries = await readdir(folder, { recursive: true });
	for (const entry of entries) await lchown(join(folder, entry), uid, gid);
	// The folder comes last: as long as it is not handed over, a start does all of it again.
	await lchown(folder, uid, gid);
}

interface User {
	readonly name: string;
	readonly uid: number;
	readonly gid: number;
}

/** The ways to try, best first. */
async function guises(folder: string): Promise<Guise[]> {
	const users = await namedUsers();
	const strangers = ["postgres", "nobody"].flatMap((name) =>
		users.filter((user) => user.name === name),
	);
	const namespaces = strangers.slice(0, 1).map((user) => ({
		prefix: [
			"unshare",
			"--user",
			`--map-user=${user.uid}`,
			`--map-group=${user.gid}`,
		],
	}));
	if (!isRoot()) return namespaces;
	// Inside somebody's private folder only that person may go, and in a namespace root has no more rights than others.
	const { uid } = await stat(dirname(folder));
	const host = users.filter((user) => user.uid === uid && uid !== 0);
	const dropped = [...strangers, ...host].map((user) => ({
		prefix: [],
		uid: user.uid,
		gid: user.gid,
	}));
	return [...namespaces, ...dropped];
}

const TRIAL = `test -w "$1" && shift && exec "$@" --version`;

async function works(
	{ prefix, uid, gid }: Guise,
	{ postgres }: Binaries,
	folder: string,
): Promise<boolean> {
	const argv = [...prefix, "/bin/sh", "-c", TRIAL, "sh", folder, ...postgres];
	return (await run({ argv, uid, gid })).code === 0;
}

const isRoot = (): boolean => process.getuid?.() === 0;

function hasName(): boolean {
	try {
		return userInfo().username !== "";
	} catch {
		return false;
	}
}

async function namedUsers(): Promise<User[]> {
	const lines = (await readFile("/etc/passwd", "utf8")).split("\n");
	return lines.flatMap((line) => {
		const [name = "", , uid, gid] = line.split(":");
		// macOS writes the ids of `nobody` as -2.
		return gid === undefined
			? []
			: [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
	});
}
