import { access, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import type { Guise } from "./guise.ts";
import { run } from "./run.ts";

/** The database's superuser, the one whom we are to PostgreSQL; no user of the system has to bear that name. */
export const USER = "polytope";

const UNFINISHED = "cluster.new-";

/**
 * Makes the database's files in `folder` unless they are there, and returns where they are.
 * They get their name only when they are complete, so that a start that was killed leaves nothing half done.
 */
export async function ensureCluster(options: {
	readonly folder: string;
	readonly binaries: Binaries;
	readonly guise: Guise;
	readonly durable: boolean;
}): Promise<string> {
	const { folder, binaries, guise, durable } = options;
	const cluster = join(folder, "cluster");
	await removeUnfinished(folder);
	if (await exists(cluster)) return cluster;
	const unfinished = join(folder, `${UNFINISHED}${process.pid}`);
	const { code, output } = await run({
		argv: [
			...guise.prefix,
			...binaries.initdb,
			...initArguments(unfinished, durable),
		],
		uid: guise.uid,
		gid: guise.gid,
	});
	if (code !== 0)
		throw new Error(`cannot make a database in ${folder}: ${output.trim()}`);
	await rename(unfinished, cluster);
	return cluster;
}

/** Trust: whoever may enter the socket's folder is the owner of the data, or root. */
const initArguments = (cluster: string, durable: boolean): string[] => [
	`--pgdata=${cluster}`,
	`--username=${USER}`,
	"--auth=trust",
	"--encoding=UTF8",
	"--locale=C",
	"--no-instructions",
	...(durable ? [] : ["--no-sync"]),
];

async function removeUnfinished(folder: string): Promise<void> {
	for (const name of await readdir(folder))
		if (name.startsWith(UNFINISHED))
			await rm(join(folder, name), {
				recursive: true,
				force: true,
				// An initdb whose parent was killed may still be writing for a moment.
				maxRetries: 20,
				retryDelay: 50,
			});
}

const exists = (path: string): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);
