import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { endsWithUs } from "./guard.ts";
import { freePort } from "./ports.ts";
import { temporaryFolder } from "./temporary.ts";
import { tool } from "./tools.ts";
import { until } from "./until.ts";

/** A NATS server with JetStream of a test's own, on loopback, always at the same address. */
export interface TestNats extends AsyncDisposable {
	/** `nats://…`, as `queue.url` takes it. */
	readonly url: string;
	/** What it was started with besides. */
	readonly args: readonly string[];
	/** Starts it (again). */
	start(): Promise<void>;
	/** Ends it: in good order, or by SIGKILL. What it stored is kept. */
	stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
	/** Throws away what it stored; it must be stopped. */
	lose(): Promise<void>;
	/** It takes connections but says nothing any more, as when the network is cut. */
	freeze(): Promise<void>;
	thaw(): void;
}

/** A server that takes longer to greet is silent, in milliseconds. */
const GREETING_MS = 500;

/** Path of nats-server. */
export const natsServer = (): Promise<string> =>
	tool({
		name: "nats-server",
		version: "2.15.2",
		recipes: [
			{ by: "go", module: "github.com/nats-io/nats-server/v2@v2.15.2" },
			{ by: "apt", package: "nats-server" },
		],
	});

/** Prepares a server, which is looked for or installed first, and starts it unless told otherwise. */
export async function testNats(
	options: {
		readonly started?: boolean;
		readonly args?: readonly string[];
		/** Whether signals to our process group, a Ctrl-C for instance, pass it by. */
		readonly detached?: boolean;
	} = {},
): Promise<TestNats> {
	const program = await natsServer();
	const more = options.args ?? [];
	const folder = await temporaryFolder("nats");
	const port = await freePort();
	let child: ChildProcess | undefined;

	const start = async (): Promise<void> => {
		const args = [
			"-a",
			"127.0.0.1",
			"-p",
			`${port}`,
			"-js",
			"-sd",
			folder.path,
		];
		const started = spawn(program, [...args, ...more], {
			stdio: "ignore",
			detached: options.detached === true,
		});
		child = started;
		endsWithUs(started);
		await until("nats-server answers", async () => {
			if (started.exitCode !== null)
				throw new Error(`nats-server ended with ${started.exitCode}`);
			return greets(port);
		});
	};
	const stop = async (
		signal: "SIGTERM" | "SIGKILL" = "SIGTERM",
	): Promise<void> => {
		const running = child;
		child = undefined;
		if (running === undefined || running.exitCode !== null) return;
		const gone = once(running, "exit");
		running.kill("SIGCONT");
		running.kill(signal);
		await gone;
	};
	if (options.started !== false) await start();
	return {
		url: `nats://127.0.0.1:${port}`,
		args: more,
		start,
		stop,
		async lose() {
			for (const name of await readdir(folder.path))
				await rm(join(folder.path, name), { recursive: true, force: true });
		},
		async freeze() {
			child?.kill("SIGSTOP");
			await until("nats-server is silent", async () => !(await greets(port)));
		},
		thaw: () => void child?.kill("SIGCONT"),
		async [Symbol.asyncDispose]() {
			await stop("SIGKILL");
			await folder[Symbol.asyncDispose]();
		},
	};
}

/** Prepares and starts a cluster of so many servers, each of which can be stopped by itself. */
export async function testNatsCluster(
	size: number,
): Promise<{ readonly servers: readonly TestNats[] } & AsyncDisposable> {
	await using stack = new AsyncDisposableStack();
	const ports = await Promise.all(Array.from({ length: size }, freePort));
	const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join(",");
	const servers = await Promise.all(
		ports.map((port) =>
			testNats({
				args: [
					["--server_name", `server-${port}`],
					["--cluster_name", "test"],
					["--cluster", `nats://127.0.0.1:${port}`],
					["--routes", routes],
				].flat(),
			}),
		),
	);
	for (const server of servers) stack.use(server);
	const held = stack.move();
	return { servers, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Whether a server at this port says who it is, as every NATS server does first. */
function greets(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1");
		const done = (greeted: boolean) => (): void => {
			socket.destroy();
			resolve(greeted);
		};
		socket.once("data", done(true));
		socket.once("error", done(false));
		socket.once("close", done(false));
		socket.setTimeout(GREETING_MS, done(false));
	});
}
