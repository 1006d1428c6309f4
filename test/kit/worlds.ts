import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { loadConfig } from "../../services/platform/config/load.ts";
import { openLog } from "../../services/platform/log.ts";
import { openWorld } from "../../services/wiring.ts";
import { DEFAULT_REPLICAS, type Replicas } from "../../stack/plan.ts";
import { openStack } from "../../stack/stack.ts";
import { callerOf } from "./caller.ts";
import { dateBack } from "./date-back.ts";
import { startProduct } from "./product.ts";
import { temporaryFolder } from "./temporary.ts";
import { BASE, openTestWorld, type TestWorld } from "./world.ts";

export type Where = "embedded" | "split" | "on the stack";

declare module "vitest" {
	interface ProvidedContext {
		/** What the suite's configuration says of {@link WORLDS}. */
		readonly worlds: readonly Where[];
	}
}

/**
 * The ways in which the product runs, for `describe.each`: all roles in one process, in memory; the same with every
 * service behind a gRPC port; every role as a process, on PostgreSQL, NATS, S3 and Redis. Which of them a run is about
 * is said by its suite: the first by `npm test` (vitest.config.ts), the others by `npm run test:stack`
 * (vitest.stack.config.ts).
 */
export const WORLDS: readonly Where[] = inject("worlds");

/** Those of them that live in the test's own process, for what brings its own servers. */
export const WORLDS_HERE = WORLDS.filter((where) => where !== "on the stack");

/** @param config YAML, merged over the sample configuration without its archive */
export const openIn = (where: Where, config = "{}"): Promise<TestWorld> =>
	where === "on the stack"
		? openStackWorld(config)
		: openTestWorld({ split: where === "split", config });

/** The whole product as its users run it. */
export interface Running extends AsyncDisposable {
	/** Of the public door. */
	readonly url: string;
}

/** As {@link openIn}, but in processes of its own, and with the sample archive. @param config paths of files */
export async function startIn(
	where: Where,
	config: readonly string[] = [],
): Promise<Running> {
	if (where !== "on the stack")
		return startProduct({ config, args: where === "split" ? ["--split"] : [] });
	await using open = new AsyncDisposableStack();
	const stack = open.use(await openStack({ config, replicas: ONE_EACH }));
	await stack.start();
	const held = open.move();
	return {
		url: stack.url,
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

const ONE_EACH: Replicas = {
	...DEFAULT_REPLICAS,
	worker: 1,
	gateway: 1,
};

async function openStackWorld(own: string): Promise<TestWorld> {
	await using open = new AsyncDisposableStack();
	const data = open.use(await temporaryFolder("world")).path;
	const files = ["base.yaml", "own.yaml"].map((name) => join(data, name));
	for (const [index, text] of [BASE, own].entries())
		await writeFile(files[index] ?? "", text);
	const stack = open.use(
		await openStack({
			folder: data,
			config: files,
			replicas: ONE_EACH,
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
		dateBack: async (key) => {
			if (stack.servers === undefined) throw new Error("no S3 of our own");
			await dateBack(stack.servers.s3.objects, key);
		},
		demo: () => callerOf(stack.url),
		other: () => callerOf(stack.url, "other-key"),
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}
