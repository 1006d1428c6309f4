import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../services/platform/config/load.ts";
import { openLog } from "../../services/platform/log.ts";
import { openWorld } from "../../services/wiring.ts";
import { openStack } from "../../stack/stack.ts";
import { callerOf } from "./caller.ts";
import { BASE, openTestWorld, type TestWorld } from "./world.ts";

export type Where = "embedded" | "split" | "on the stack";

/**
 * The ways in which the product runs, for `describe.each`: all roles in one process, in memory; the same with every
 * service behind a gRPC port; every role as a process, on PostgreSQL, NATS, S3 and Redis.
 */
export const WORLDS: readonly Where[] = ["embedded", "split", "on the stack"];

/** @param config YAML, merged over the sample configuration without its archive */
export const openIn = (where: Where, config = "{}"): Promise<TestWorld> =>
	where === "on the stack"
		? openStackWorld(config)
		: openTestWorld({ split: where === "split", config });

async function openStackWorld(own: string): Promise<TestWorld> {
	await using open = new AsyncDisposableStack();
	const data = await mkdtemp(join(tmpdir(), "polytope-world-"));
	open.defer(() => rm(data, { recursive: true, force: true, maxRetries: 5 }));
	const files = ["base.yaml", "own.yaml"].map((name) => join(data, name));
	for (const [index, text] of [BASE, own].entries())
		await writeFile(files[index] ?? "", text);
	const one = { store: 1, staging: 1, identity: 1, worker: 1, broker: 1 };
	const stack = open.use(
		await openStack({
			folder: data,
			config: files,
			replicas: { ...one, collector: 1, gateway: 1 },
		}),
	);
	await stack.start();
	const { config } = loadConfig({
		files: [stack.config, ...files],
		env: stack.env,
	});
	const held = open.move();
	return {
		data,
		config,
		world: () => stack.peers,
		url: () => stack.url,
		rpc: (role) => stack.of(role)[0]?.grpc ?? "",
		stop: async () => void (await stack.stop()),
		restart: async () => {
			await stack.stop();
			await stack.start();
		},
		replica: (roles, more) =>
			openWorld({
				config: { ...config, ...more },
				data,
				roles,
				log: openLog("fatal"),
				version: "0",
			}),
		demo: () => callerOf(stack.url),
		other: () => callerOf(stack.url, "other-key"),
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}
