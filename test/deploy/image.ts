import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readArguments } from "../../services/arguments.ts";
import type { LoadedConfig } from "../../services/platform/config/load.ts";
import type { RoleName } from "../../services/platform/role.ts";
import { ROLES } from "../../services/roles.ts";
import { readSettings } from "../../services/settings.ts";

export const DEPLOY = join(import.meta.dirname, "../../deploy");
const CONFIG = join(DEPLOY, "config");
/** Where containers find the files of `deploy/config`. */
export const MOUNTED = "/etc/polytope";

/** One line a step, continued lines joined, comments left out. */
export const dockerfile = (): string[] =>
	readFileSync(join(DEPLOY, "Dockerfile"), "utf8")
		.replaceAll(/^#.*\n/gm, "")
		.replaceAll(/\s*\\\n\s*/g, " ")
		.split("\n")
		.filter(Boolean);

/** What the image runs, before what a deployment adds: `node services/main.ts …`. */
export function entrypoint(): string[] {
	const line = dockerfile().find((step) => step.startsWith("ENTRYPOINT"));
	return JSON.parse(line?.slice("ENTRYPOINT".length) ?? "[]") as string[];
}

/** A process as a deployment starts it from the image. */
export interface Deployed {
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
}

/** What such a process would make of its command line and environment. */
export interface Understood extends LoadedConfig {
	readonly role: RoleName;
	readonly opsPort: number;
	/** Names of the files in `deploy/config` that it reads. */
	readonly files: readonly string[];
	/** Environment variables that these files name. */
	readonly variables: ReadonlySet<string>;
}

/** @throws Error that says what the process would say instead of starting */
export function understand({ args, env }: Deployed): Understood {
	const [program, main, ...first] = entrypoint();
	if (program !== "node" || main !== "services/main.ts")
		throw new Error(`the image runs ${program} ${main}`);
	const read = readArguments([...first, ...args]);
	if (typeof read === "string") throw new Error(read);
	const [role, ...others] = read.roles ?? [];
	if (role === undefined || others.length > 0 || read.opsPort === undefined)
		throw new Error(`not one role with a gRPC port: ${args.join(" ")}`);
	const files = read.config.map(inRepository);
	return {
		...readSettings({ files, env }, read.roles),
		role,
		opsPort: read.opsPort,
		files: files.map((file) => basename(file)),
		variables: new Set(files.flatMap(variablesIn)),
	};
}

function inRepository(path: string): string {
	if (!path.startsWith(`${MOUNTED}/`))
		throw new Error(`${path} is not mounted`);
	return join(CONFIG, path.slice(MOUNTED.length));
}

const variablesIn = (file: string): string[] =>
	[...readFileSync(file, "utf8").matchAll(/\$\{([A-Z_0-9]+)\}/g)].flatMap(
		([, name]) => name ?? [],
	);

/** The files that a role needs beside those that all have, as the table of roles and what the parts are says. */
export function filesFor(role: RoleName): string[] {
	const parts: readonly string[] = ROLES[role].parts;
	const has = (wanted: boolean, file: string) => (wanted ? [file] : []);
	const door = ["gateway", "staging", "telemetry"].includes(role);
	return [
		...has(parts.includes("database"), "store.yaml"),
		...has(role === "staging", "staging.yaml"),
		// The store's replicas tell each other of changes by it.
		...has(parts.includes("queue") || role === "store", "queue.yaml"),
		...has(parts.includes("cache"), "cache.yaml"),
		...has(door || role === "identity", "users.yaml"),
		...has(door, "door.yaml"),
	];
}
