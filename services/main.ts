import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { greeting } from "./greeting.ts";
import { ConfigError } from "./platform/config/error.ts";
import type { LoadedConfig } from "./platform/config/load.ts";
import { lockFolder } from "./platform/lock.ts";
import { openLog } from "./platform/log.ts";
import { readSettings } from "./settings.ts";
import { openWorld } from "./wiring.ts";

const USAGE =
	"npm start -- [--port N] [--data DIR] [--config FILE]… [--check-config] [--split]";
const NODE_MAJOR = 26;

/** A Ctrl-C arrives twice under npm (from the terminal and from npm): repeats within this time are one, in ms. */
const REPEAT_MS = 1500;

async function main(): Promise<number> {
	if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR) {
		return complain(
			`this needs Node ${NODE_MAJOR}; \`npm start\` brings it (found ${process.versions.node})`,
		);
	}
	const args = readArgs();
	if (typeof args === "string") return complain(args);
	const loaded = load(args);
	if (typeof loaded === "string") return complain(loaded);
	for (const warning of loaded.warnings) console.error(warning);
	if (args["check-config"]) {
		const count = Object.keys(loaded.config.collections).length;
		console.log(`the configuration is valid: ${count} collections`);
		return 0;
	}
	return run(args, loaded.config);
}

type Args = Exclude<ReturnType<typeof readArgs>, string>;

function readArgs() {
	try {
		const { values } = parseArgs({
			options: {
				port: { type: "string" },
				data: { type: "string", default: ".data" },
				config: { type: "string", multiple: true, default: [] },
				"check-config": { type: "boolean", default: false },
				split: { type: "boolean", default: false },
			},
		});
		if (values.port !== undefined && !/^\d{1,5}$/.test(values.port))
			return `--port takes a number, not '${values.port}'`;
		return values;
	} catch (reason) {
		return `${reason instanceof Error ? reason.message : reason}\n${USAGE}`;
	}
}

function load(args: Args): LoadedConfig | string {
	try {
		const overrides =
			args.port === undefined ? {} : { http: { port: Number(args.port) } };
		return readSettings({ files: args.config, env: process.env, overrides });
	} catch (reason) {
		if (reason instanceof ConfigError) return reason.message;
		throw reason;
	}
}

async function run(
	args: Args,
	config: LoadedConfig["config"],
): Promise<number> {
	const stop = stopSignal();
	const log = openLog(config.logging.level);
	const data = resolve(args.data);
	await mkdir(data, { recursive: true });
	await using _lock = await lockFolder(data);
	await using world = await openWorld({
		config,
		data,
		log,
		version: version(),
		split: args.split,
	});
	console.log(`ready ${world.url}`);
	console.log(greeting(world.url, config.sample));
	for (const [role, url] of world.rpc) console.log(`${role} ${url}`);
	if (!stop.aborted)
		await new Promise((end) =>
			stop.addEventListener("abort", end, { once: true }),
		);
	return 0;
}

/** Ends with the first SIGTERM or SIGINT; a second one, later, ends the process at once. */
function stopSignal(): AbortSignal {
	const stop = new AbortController();
	let first = 0;
	const onSignal = (): void => {
		if (stop.signal.aborted && Date.now() - first > REPEAT_MS)
			process.exit(130);
		if (stop.signal.aborted) return;
		first = Date.now();
		stop.abort();
	};
	process.on("SIGINT", onSignal);
	process.on("SIGTERM", onSignal);
	return stop.signal;
}

const version = (): string => {
	const file = join(import.meta.dirname, "../package.json");
	const { version } = JSON.parse(readFileSync(file, "utf8")) as {
		version: string;
	};
	return version;
};

function complain(message: string): number {
	console.error(message);
	return 2;
}

try {
	const code = await main();
	process.exitCode ??= code;
} catch (reason) {
	console.error(reason instanceof Error ? reason.message : reason);
	if (process.env.POLYTOPE_DEBUG !== undefined) console.error(reason);
	process.exitCode = 1;
}
