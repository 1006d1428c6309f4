import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkDatasources } from "./datasource-checks.ts";
import { type Env, expand } from "./environment.ts";
import { ConfigError } from "./error.ts";
import { explain } from "./explain.ts";
import { merge } from "./merge.ts";
import { fromPlain, toPlain } from "./plain.ts";
import { checkPools } from "./pool-checks.ts";
import { checkPublic } from "./public-check.ts";
import { readYaml } from "./read-yaml.ts";
import { dropRetired } from "./retired.ts";
import { type Config, schema } from "./schema.ts";
import { type Complaint, find, type Source, type Tree } from "./tree.ts";
import { dropUnknownTypes } from "./types-check.ts";

export interface ConfigSources {
	/** Files in order; a later one is merged over the earlier ones. */
	readonly files: readonly string[];
	/** What `${NAME}` reads. */
	readonly env: Env;
	/** What the command line says; merged last. Relative paths start from the working directory. */
	readonly overrides?: Readonly<Record<string, unknown>>;
}

export interface LoadedConfig {
	readonly config: Config;
	/** What is allowed but probably not meant, one line each. */
	readonly warnings: readonly string[];
}

const SAMPLE_FILE = fileURLToPath(
	new URL("../../../deploy/config/sample.yaml", import.meta.url),
);
const SAMPLE: Source = {
	label: "sample configuration",
	folder: dirname(SAMPLE_FILE),
};

/**
 * The configuration from its files, the environment and the command line, complete and checked.
 * @throws {ConfigError} with everything that is wrong, each with file and line; never with the value of a secret.
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
	const complaints: Complaint[] = [];
	const trees = readAll(sources, complaints);
	const merged = trees.reduce<Tree>(
		(base, over) => merge(base, over),
		fromPlain({}, SAMPLE),
	);
	const tree = dropRetired(expand(merged, sources.env, complaints), complaints);
	const typed = dropUnknownTypes(tree, complaints);
	const parsed = schema.safeParse(toPlain(typed));
	complaints.push(
		...(parsed.success ? [] : explain(parsed.error.issues, typed)),
		...checkDatasources(tree),
		...checkPools(tree),
		...checkPublic(tree, SAMPLE),
	);
	if (!parsed.success || complaints.length > 0)
		throw new ConfigError(inOrder(complaints, trees));
	return openByDefault(parsed.data);
}

/** The sample configuration, unless one says `sample: false`; the files; the command line. */
function readAll(sources: ConfigSources, complaints: Complaint[]): Tree[] {
	const own = sources.files.flatMap((file) =>
		readFile(file, { label: file, folder: dirname(resolve(file)) }, complaints),
	);
	if (sources.overrides)
		own.push(
			fromPlain(sources.overrides, {
				label: "command line",
				folder: process.cwd(),
			}),
		);
	const said = own.map((tree) => find(tree, ["sample"])).filter((t) => !!t);
	const last = said.at(-1);
	const off = last?.kind === "leaf" && last.value === false;
	return off ? own : [...readFile(SAMPLE_FILE, SAMPLE, complaints), ...own];
}

function readFile(
	file: string,
	source: Source,
	complaints: Complaint[],
): Tree[] {
	try {
		return readYaml(source, readFileSync(file, "utf8"), complaints);
	} catch (reason) {
		const code = reason instanceof Error && "code" in reason && reason.code;
		complaints.push({
			at: { source, line: 0 },
			text: `cannot be read (${code || "not a file of text"})`,
		});
		return [];
	}
}

/** Complaints as lines, by file and line, each once. */
function inOrder(
	complaints: readonly Complaint[],
	trees: readonly Tree[],
): string[] {
	const order = [...new Set(trees.map((tree) => tree.at.source))];
	const rank = ({ at }: Complaint) => order.indexOf(at.source);
	const sorted = [...complaints].sort(
		(a, b) => rank(a) - rank(b) || a.at.line - b.at.line,
	);
	const lines = sorted.map(({ at, text }) =>
		at.line > 0
			? `${at.source.label}:${at.line}: ${text}`
			: `${at.source.label}: ${text}`,
	);
	return [...new Set(lines)];
}

/**
 * A collection without `roles` is open to everyone who is authenticated while the sample configuration is on, so that a
 * first file of two lines works; otherwise to nobody, as in v1, which is then said.
 */
function openByDefault(config: Config): LoadedConfig {
	const warnings: string[] = [];
	const collections = Object.fromEntries(
		Object.entries(config.collections).map(([name, collection]) => {
			if (collection.roles) return [name, collection];
			if (!config.sample)
				warnings.push(`collection '${name}' has no 'roles': nobody may use it`);
			return [name, { ...collection, roles: config.sample ? ["default"] : [] }];
		}),
	);
	return { config: { ...config, collections }, warnings };
}
