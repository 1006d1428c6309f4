import { glob, readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Stamp } from "./encode.ts";

/** A file of the archive, in the state it was found. */
export interface FoundFile extends Stamp {
	/** Absolute. */
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
}

/**
 * The files that paths lead to: a file is itself, a folder all files below it, anything else a pattern
 * (`*`, `?`, `**`, `{a,b}`). Names that begin with a dot are left out below folders and patterns: indexes
 * and files still being written have such names.
 */
export async function findFiles(
	paths: readonly string[],
	signal: AbortSignal,
): Promise<FoundFiles> {
	const found = new Map<string, FoundFile>();
	const problems: { path: string; reason: string }[] = [];
	for (const path of paths) {
		const before = found.size;
		try {
			for await (const file of filesAt(path, signal))
				found.set(file.path, file);
			if (found.size === before)
				problems.push({ path, reason: "no file is there" });
		} catch (error) {
			signal.throwIfAborted();
			problems.push({
				path,
				reason: error instanceof Error ? error.message : String(error),
			});
		}
	}
	const files = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
	return { files, problems };
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
