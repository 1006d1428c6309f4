import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createClient, type RedisClientType } from "@redis/client";
import { endsWithUs } from "./guard.ts";
import { freePort } from "./ports.ts";
import { temporaryFolder } from "./temporary.ts";
import { tool } from "./tools.ts";
import { until } from "./until.ts";

/** A Redis of a test's own, on loopback, that keeps nothing on disk. */
export interface RedisServer extends AsyncDisposable {
	readonly url: string;
	/** How many keys it holds. */
	count(): Promise<number>;
	empty(): Promise<void>;
	/** Ends the server. */
	stop(): Promise<void>;
	/** Starts it again, at the same address, empty. */
	start(): Promise<void>;
	/** It still takes connections, but answers nothing. */
	freeze(): void;
	thaw(): void;
}

/**
 * Starts a Redis, which is looked for or installed first.
 * @param detached whether signals to our process group, a Ctrl-C for instance, pass it by
 */
export async function startRedis(detached = false): Promise<RedisServer> {
	const program = await tool({
		name: "redis-server",
		version: "7.0",
		recipes: [{ by: "apt", package: "redis-server" }],
	});
	const folder = await temporaryFolder("redis");
	const port = await freePort();
	const url = `redis://127.0.0.1:${port}`;
	let child: ChildProcess | undefined;
	const start = async (): Promise<void> => {
		child = launch(program, { port, folder: folder.path, detached });
		endsWithUs(child);
		await until("redis answers", () => answers(url), 20_000);
	};
	const stop = async (): Promise<void> => {
		const running = child;
		child = undefined;
		if (running === undefined || running.exitCode !== null) return;
		const gone = once(running, "exit");
		running.kill("SIGCONT");
		running.kill("SIGTERM");
		await gone;
	};
	await start();
	return {
		url,
		start,
		stop,
		count: () => ask(url, (client) => client.dbSize()),
		empty: () => ask(url, async (client) => void (await client.flushAll())),
		freeze: () => void child?.kill("SIGSTOP"),
		thaw: () => void child?.kill("SIGCONT"),
		async [Symbol.asyncDispose]() {
			await stop();
			await folder[Symbol.asyncDispose]();
		},
	};
}

const launch = (
	program: string,
	{
		port,
		folder,
		detached,
	}: { port: number; folder: string; detached: boolean },
): ChildProcess =>
	spawn(
		program,
		[
			["--bind", "127.0.0.1"],
			["--port", `${port}`],
			["--dir", folder],
			["--save", ""],
			["--appendonly", "no"],
		].flat(),
		{ stdio: "ignore", detached },
	);

async function ask<T>(
	url: string,
	what: (client: RedisClientType) => Promise<T>,
): Promise<T> {
	const client = createClient({ url, socket: { reconnectStrategy: false } });
	client.on("error", () => {});
	await client.connect();
	try {
		return await what(client);
	} finally {
		client.destroy();
	}
}

const answers = (url: string): Promise<boolean> =>
	ask(url, async (client) => (await client.ping()) === "PONG").catch(
		() => false,
	);
