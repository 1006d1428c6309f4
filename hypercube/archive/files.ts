import { glob, readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Away, awayIn, type Looked } from "./remote/looks.ts";
import { isRemote } from "./remote/place.ts";
import type { Stamp } from "./stamp.ts";

/** A file of the archive, in the state it was found. */
export interface FoundFile extends Stamp {
	/** Absolute; of a file elsewhere, `https://…` or `s3://…`. */
	readonly path: string;
}

export interface FoundFiles {
	/** In the order of their paths, each once. */
	readonly files: readonly FoundFile[];
	/** Paths of the configuration that lead to nothing, or cannot be read. */
	readonly problems: readonly {
		readonly path: string;
		readonly reason: string;
	}[];
	/** A server that does not answer: files that lie there may be missing here. */
	readonly away: Away | undefined;
}

/** Looks for the files of a path on another machine. */
export type LookThere = (path: string) => Promise<Looked>;

/**
 * The files that paths lead to: a file is itself, a folder all files below it, anything else a pattern
 * (`*`, `?`, `**`, `{a,b}`). Names that begin with a dot are left out below folders and patterns: indexes
 * and files still being written have such names. URLs lead to other machines.
 */
export async function findFiles(
	paths: readonly string[],
	there: LookThere,
	signal: AbortSignal,
): Promise<FoundFiles> {
	const found = new Map<string, FoundFile>();
	const problems: { path: string; error: unknown }[] = [];
	// All at once: each is a request, or some.
	const looks = new Map(
		paths.filter(isRemote).map((path) => [path, there(path)]),
	);
	for (const look of looks.values()) look.catch(() => {});
	for (const path of paths) {
		const problem = (error: unknown) => problems.push({ path, error });
		try {
			let none = true;
			const look = await looks.get(path);
			for await (const file of look ? remoteAt(look) : filesAt(path, signal)) {
				found.set(file.path, file);
				none = false;
			}
			if (none) problem("no file is there");
		} catch (error) {
			signal.throwIfAborted();
			problem(error);
		}
	}
	return {
		files: [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
		problems: problems.map(({ path, error }) => ({
			// A query may hold a secret.
			path: isRemote(path) ? (path.split("?")[0] ?? "") : path,
			reason: error instanceof Error ? error.message : String(error),
		})),
		away: awayIn(problems.map(({ error }) => error)),
	};
}

/** @throws why nobody can tell whether these are still all, after the last of them */
function* remoteAt({ files, problem }: Looked): Generator<FoundFile> {
	yield* files;
	if (problem) throw problem;
}

async function* filesAt(
	path: string,
	signal: AbortSignal,
): AsyncGenerator<FoundFile> {
	const known = await statOf(path);
	if (known) {
		yield* known.isDirectory() ? below(resolve(path), signal) : fileOf(path);
		return;
	}
	// Wildcards do not match names that begin with a dot.
	for await (const match of glob(path)) {
		const facts = await statOf(match);
		signal.throwIfAborted();
		if (facts?.isDirectory()) yield* below(resolve(match), signal);
		else yield* fileOf(match);
	}
}

async function* below(
	folder: string,
	signal: AbortSignal,
): AsyncGenerator<FoundFile> {
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		signal.throwIfAborted();
		if (entry.name.startsWith(".")) continue;
		const path = join(folder, entry.name);
		if (entry.isDirectory()) yield* below(path, signal);
		else yield* fileOf(path);
	}
}

async function* fileOf(path: string): AsyncGenerator<FoundFile> {
	const facts = await statOf(path);
	// A link to a folder is not followed (it may lead in a circle); devices and sockets are no archive.
	if (facts?.isFile())
		yield { path: resolve(path), size: facts.size, mtimeMs: facts.mtimeMs };
}

/** Undefined where there is nothing: a file may go while the folder is read. */
async function statOf(path: string) {
	try {
		return await stat(path);
	} catch (error) {
		if (
			error instanceof Error &&
			"code" in error &&
			(error.code === "ENOENT" || error.code === "ENOTDIR")
		)
			return undefined;
		throw error;
	}
}
