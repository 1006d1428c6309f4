import { once } from "node:events";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { interruption } from "./interrupt.ts";
import { parseReplicas } from "./plan.ts";
import type { ServerSettings } from "./servers.ts";
import { openStack, type Stack } from "./stack.ts";

const USAGE = `npm run stack -- [--replicas ROLE=NUMBER,…] [--port N] [--data DIR] [--config FILE]…
  [--external --store URL --queue URL --cache URL --staging URL [--access-key KEY --secret-key KEY]]
Every role as processes of its own, on PostgreSQL, NATS, S3 and Redis: started here, or with --external those named.`;

interface Arguments {
	readonly replicas: string;
	readonly port: number;
	readonly data: string;
	readonly config: readonly string[];
	readonly external?: ServerSettings;
}

function readArguments(): Arguments {
	const text = { type: "string" } as const;
	const { values } = parseArgs({
		options: {
			replicas: { type: "string", default: "" },
			port: { type: "string", default: "8080" },
			data: { type: "string", default: ".stack" },
			config: { type: "string", multiple: true, default: [] },
			external: { type: "boolean", default: false },
			store: text,
			queue: text,
			cache: text,
			staging: text,
			"access-key": text,
			"secret-key": text,
		},
	});
	const { store, queue, cache, staging } = values;
	const { external, replicas, port, data, config } = values;
	const args = { replicas, port: Number(port), data: resolve(data), config };
	if (!external) return args;
	if (!store || !queue || !cache || !staging)
		throw new Error("--external needs --store, --queue, --cache and --staging");
	const keys = {
		...(values["access-key"] && { access_key: values["access-key"] }),
		...(values["secret-key"] && { secret_key: values["secret-key"] }),
	};
	return {
		...args,
		external: {
			store: { url: store },
			queue: { url: queue },
			cache: { url: cache },
			staging: { url: staging, ...keys },
		},
	};
}

/** What runs where, a line each. */
function announce({ processes, servers, settings, url, folder }: Stack): void {
	const rows = [
		["ROLE", "PID", "gRPC", "HTTP", "LOG"],
		...processes.map(({ name, pid, grpc, httpPort, log }) => [
			name,
			String(pid()),
			grpc,
			httpPort === undefined ? "" : `http://127.0.0.1:${httpPort}`,
			log,
		]),
	];
	const widths = [0, 1, 2, 3].map((column) =>
		Math.max(...rows.map((row) => row[column]?.length ?? 0)),
	);
	for (const row of rows)
		console.log(
			row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "),
		);
	const parts = [settings.store, settings.queue, settings.cache];
	for (const part of [...parts, settings.staging]) console.log(part.url);
	if (servers === undefined) console.log("(servers: as given)");
	console.log(
		`grpcurl -plaintext -H "x-polytope-token: $(cat ${join(folder, "token")})" …`,
	);
	console.log(`data ${folder}\nready ${url}`);
}

async function main(): Promise<number> {
	const { replicas, data, ...args } = readArguments();
	const stop = interruption();
	await using stack = await openStack({
		...args,
		replicas: parseReplicas(replicas),
		folder: data,
	});
	const starting = stack.start().then(() => announce(stack));
	await Promise.race([starting, stopped(stop)]);
	await stopped(stop);
	const wrong = await stack.stop();
	for (const line of wrong) console.error(line);
	return wrong.length === 0 ? 0 : 1;
}

async function stopped(signal: AbortSignal): Promise<void> {
	if (!signal.aborted) await once(signal, "abort");
}

try {
	process.exitCode = await main();
} catch (reason) {
	console.error(reason instanceof Error ? reason.message : reason);
	if (reason instanceof Error && "code" in reason) console.error(USAGE);
	process.exitCode = 1;
}
