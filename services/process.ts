import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Arguments, readArguments, USAGE } from "./arguments.ts";
import { greeting } from "./greeting.ts";
import { ConfigError } from "./platform/config/error.ts";
import type { LoadedConfig } from "./platform/config/load.ts";
import type { Config } from "./platform/config/schema.ts";
import { endOnCrash } from "./platform/crash.ts";
import { openProcessLog } from "./platform/log/open.ts";
import { withoutCredentials } from "./platform/log/patterns.ts";
import { openScrub } from "./platform/log/scrub.ts";
import type { ProcessLog } from "./platform/log.ts";
import { makeFolder } from "./platform/make-folder.ts";
import { TOKEN_HEADER } from "./platform/rpc/secret.ts";
import { readTls } from "./platform/rpc/tls.ts";
import { DSN_FORM, isDsn } from "./platform/sentry/dsn.ts";
import type { Tracker } from "./platform/sentry/open.ts";
import type { TracesOptions } from "./platform/telemetry/traces.ts";
import { ROLE_NAMES } from "./roles.ts";
import { readSettings } from "./settings.ts";
import { newInstance, openWorld, type World } from "./wiring.ts";

const NODE_MAJOR = 26;

/** A Ctrl-C arrives twice under npm (from the terminal and from npm): repeats within this time are one, in ms. */
const REPEAT_MS = 1500;

const LINGER_MS = 500;

const isTerminal = process.stdout.isTTY === true;

async function main(): Promise<number> {
	if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR) {
		return complain(
			`this needs Node ${NODE_MAJOR}; \`npm start\` brings it (found ${process.versions.node})`,
		);
	}
	const args = readArguments(process.argv.slice(2));
	if (typeof args === "string") return complain(args);
	if (args.help) {
		console.log(USAGE);
		return 0;
	}
	const loaded = load(args);
	if (typeof loaded === "string") return complain(loaded);
	for (const warning of loaded.warnings)
		console.error(withoutCredentials(warning));
	if (!args.checkOnly) return run(args, loaded.config);
	const count = Object.keys(loaded.config.collections).length;
	console.log(`the configuration is valid: ${count} collections`);
	return 0;
}

function load({ config, port, roles }: Arguments): LoadedConfig | string {
	try {
		const overrides = port === undefined ? {} : { http: { port } };
		return readSettings({ files: config, env: process.env, overrides }, roles);
	} catch (reason) {
		if (reason instanceof ConfigError) return reason.message;
		throw reason;
	}
}

async function run(args: Arguments, config: Config): Promise<number> {
	const stop = stopSignal();
	const data = resolve(args.data);
	await makeFolder(data);
	const log = await openProcessLog(config, isTerminal);
	await using tracker = await trackerOf(config, log);
	endOnCrash(log, tracker?.flush);
	const instance = newInstance();
	const { startTelemetry } = await import("./platform/telemetry/start.ts");
	await using telemetry = startTelemetry({
		roles: [...(args.roles ?? ROLE_NAMES)],
		version: version(),
		instance,
		log,
		traces: tracesOf(config, args.roles ?? new Set(ROLE_NAMES)),
	});
	await using world = await openWorld({
		...args,
		config,
		data,
		log,
		version: version(),
		instance,
		metrics: telemetry.metrics,
		ending: stop,
	});
	announce(world, config, log, args.roles !== undefined && !isTerminal);
	if (!stop.aborted)
		await new Promise((end) =>
			stop.addEventListener("abort", end, { once: true }),
		);
	if (isTerminal) patience(config.worker.drain);
	return 0;
}

/** Says to whoever pressed Ctrl-C what it is that takes so long, if it does. @param drain milliseconds */
function patience(drain: number): void {
	const text = `ending: running requests have ${drain / 1000} s, then they begin anew at the next start; Ctrl-C again ends at once`;
	setTimeout(() => console.log(text), REPEAT_MS).unref();
}

/** Spans go where they are told to, and to the telemetry role, here or where it is. */
function tracesOf(
	{ telemetry, services }: Config,
	roles: ReadonlySet<string>,
): TracesOptions {
	const near = roles.has("telemetry");
	const { token, tls } = services;
	const [endpoint] = services.telemetry ?? [];
	const role =
		near || endpoint === undefined
			? undefined
			: {
					endpoint,
					protocol: "grpc" as const,
					headers: token === undefined ? {} : { [TOKEN_HEADER]: token },
					...(tls && { tls: readTls(tls) }),
				};
	return {
		share: telemetry.sampling,
		otlp: telemetry.otlp ?? role,
		near,
		forwarded: near && telemetry.forward !== undefined,
	};
}

/**
 * Where this process can be reached: for people, and whoever started it, in words; of a process with some roles, whose
 * standard output somebody collects, as a line of its log.
 */
function announce(
	{ url, rpc, running }: World,
	config: Config,
	log: ProcessLog,
	asLine: boolean,
): void {
	const ready = `ready ${url || running.join(" ")}`;
	if (asLine) {
		const addresses = { ...Object.fromEntries(rpc), ...(url && { http: url }) };
		log.info({ event: "process.ready", addresses }, ready);
		return;
	}
	for (const [role, address] of rpc) console.log(`${role} ${address}`);
	console.log(ready);
	if (running.includes("gateway")) console.log(greeting(url, config.sample));
}

/** Whoever is told of bugs, when somebody is; its code is loaded only then. */
async function trackerOf(
	{ telemetry }: Config,
	log: ProcessLog,
): Promise<Tracker | undefined> {
	const dsn = telemetry.sentry.dsn ?? process.env.SENTRY_DSN;
	if (dsn === undefined || dsn === "") return undefined;
	if (!isDsn(dsn)) throw new Error(`SENTRY_DSN: ${DSN_FORM}`);
	const { openSentry } = await import("./platform/sentry/open.ts");
	const { environment } = telemetry.sentry;
	const release = `polytope-server@${version()}`;
	return openSentry({ dsn, environment, release }, log);
}

/** Ends with the first SIGTERM or SIGINT; a second one, later, ends the process at once. */
function stopSignal(): AbortSignal {
	const stop = new AbortController();
	let first = 0;
	const onSignal = (): void => {
		if (stop.signal.aborted && performance.now() - first > REPEAT_MS)
			process.exit(130);
		if (stop.signal.aborted) return;
		first = performance.now();
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
	console.error(withoutCredentials(message));
	return 2;
}

try {
	const code = await main();
	process.exitCode ??= code;
	// All has ended in good order; whatever timer or socket is left does not keep the process from ending.
	setTimeout(() => process.exit(), LINGER_MS).unref();
} catch (reason) {
	const { text, value } = openScrub();
	console.error(
		text(reason instanceof Error ? reason.message : String(reason)),
	);
	if (process.env.POLYTOPE_DEBUG !== undefined) console.error(value(reason));
	process.exitCode = 1;
}
