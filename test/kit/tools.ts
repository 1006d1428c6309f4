import { existsSync } from "node:fs";
import { access, constants, mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { mustRun } from "./command.ts";
import { goSources } from "./go-sources.ts";
import { withLock } from "./lock.ts";

/** Milliseconds that a `beforeAll` should allow when it may have to install a tool. */
export const INSTALL_TIMEOUT = 900_000;
/** The same for a tool that is built from a large tree: minutes, and on a crowded machine many. */
export const BUILD_TIMEOUT = 1_800_000;

/** One way to install a tool, with its version pinned. */
export type Recipe =
	| { readonly by: "go"; readonly module: string }
	/** A program of a module that `go install` refuses because of what its go.mod replaces. */
	| {
			readonly by: "go-sources";
			readonly module: string;
			readonly package: string;
	  }
	| { readonly by: "npm"; readonly package: string }
	| { readonly by: "pip"; readonly package: string }
	| { readonly by: "apt"; readonly package: string };

/** A command that tests need and that the project does not bring along. */
export interface Tool {
	/** Name of the executable. */
	readonly name: string;
	/** Names the folder in the cache: a new version is a new folder. */
	readonly version: string;
	/** Tried in this order; the first whose installer is at hand is used. */
	readonly recipes: readonly Recipe[];
}

/**
 * Path of a tool: from PATH, else from the user's cache, else installed into the cache.
 *
 * @throws Error that says what to install, when no recipe works here. A test must never skip instead.
 */
export async function tool(wanted: Tool): Promise<string> {
	const onPath = await findOnPath(wanted.name);
	if (onPath) return onPath;
	const folder = await cached(`${wanted.name}-${wanted.version}`, (folder) =>
		install(wanted, folder),
	);
	const inCache = await findOnPath(
		wanted.name,
		[folder, join(folder, "bin"), join(folder, "node_modules/.bin")].join(
			delimiter,
		),
	);
	// apt installs to the system, not to the folder.
	const path = inCache ?? (await findOnPath(wanted.name));
	if (path) return path;
	await rm(folder, { recursive: true });
	throw new Error(missing(wanted, ["it was installed, but cannot be found"]));
}

/**
 * A folder in the cache that `fill` has filled once, whatever number of test processes ask for it. A folder
 * that was not filled to its end (killed, failed) is thrown away and filled anew.
 */
export async function cached(
	name: string,
	fill: (folder: string) => Promise<void>,
): Promise<string> {
	const folder = join(cacheRoot(), name);
	const done = join(folder, ".complete");
	if (existsSync(done)) return folder;
	await mkdir(cacheRoot(), { recursive: true });
	return withLock(`${folder}.lock`, async () => {
		if (existsSync(done)) return folder;
		await rm(folder, { recursive: true, force: true });
		await mkdir(folder);
		await fill(folder);
		await writeFile(done, "");
		return folder;
	});
}

/** First executable of that name on a search path, or undefined. */
export async function findOnPath(
	name: string,
	path = process.env.PATH ?? "",
): Promise<string | undefined> {
	for (const folder of path.split(delimiter).filter(Boolean)) {
		const candidate = join(folder, name);
		try {
			await access(candidate, constants.X_OK);
			return candidate;
		} catch {
			// Not in this folder.
		}
	}
	return undefined;
}

function cacheRoot(): string {
	const base = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
	return join(base, "polytope-server-tools");
}

async function install(wanted: Tool, folder: string): Promise<void> {
	const failures: string[] = [];
	for (const recipe of wanted.recipes) {
		try {
			if (recipe.by === "go-sources") await build(wanted, recipe, folder);
			else await INSTALLERS[recipe.by](recipe, folder);
			return;
		} catch (error) {
			failures.push(error instanceof Error ? error.message : String(error));
		}
	}
	throw new Error(missing(wanted, failures));
}

async function build(
	{ name }: Tool,
	recipe: Extract<Recipe, { by: "go-sources" }>,
	folder: string,
): Promise<void> {
	await using sources = await goSources(recipe.module);
	await mustRun("go", ["build", "-o", join(folder, name), recipe.package], {
		cwd: sources.folder,
		// A workspace of theirs names folders that no module holds.
		env: { GOWORK: "off" },
		timeout: BUILD_TIMEOUT,
	});
}

const INSTALLERS = {
	go: (recipe: Recipe, folder: string) =>
		mustRun("go", ["install", spell(recipe)], {
			env: { GOBIN: folder },
			timeout: INSTALL_TIMEOUT,
		}),
	npm: (recipe: Recipe, folder: string) =>
		mustRun(
			"npm",
			["install", "--no-fund", "--no-audit", "--prefix", folder, spell(recipe)],
			{ timeout: INSTALL_TIMEOUT },
		),
	pip: (recipe: Recipe, folder: string) =>
		mustRun(
			"python3",
			["-m", "pip", "install", "-q", "--target", folder, spell(recipe)],
			{ timeout: INSTALL_TIMEOUT },
		),
	apt: (recipe: Recipe) => aptInstall(spell(recipe)),
};

/** Installs a Debian package; needs root. */
export async function aptInstall(name: string): Promise<void> {
	const env = { DEBIAN_FRONTEND: "noninteractive" };
	await mustRun("apt-get", ["update", "-q"], { env, timeout: INSTALL_TIMEOUT });
	await mustRun("apt-get", ["install", "-qy", name], {
		env,
		timeout: INSTALL_TIMEOUT,
	});
}

function spell(recipe: Recipe): string {
	return recipe.by === "go" ? recipe.module : recipe.package;
}

const spellSources = (recipe: Recipe): string =>
	recipe.by === "go-sources" ? `${recipe.module}: ${recipe.package}` : "";

function missing(wanted: Tool, reasons: readonly string[]): string {
	const ways = wanted.recipes.map(
		(recipe) =>
			({
				go: `\`go install ${spell(recipe)}\``,
				"go-sources": `\`go build\` in the sources of ${spellSources(recipe)}`,
				npm: `\`npm install -g ${spell(recipe)}\``,
				pip: `\`pip install ${spell(recipe)}\``,
				apt: `\`apt-get install ${spell(recipe)}\``,
			})[recipe.by],
	);
	return `Tests need ${wanted.name} ${wanted.version}. Install it so that it is on PATH, with ${ways.join(" or ")}.\n${reasons.join("\n")}`;
}
