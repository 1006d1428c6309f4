import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Health } from "../gen/health/v1/health_pb.js";
import { openFar } from "../services/platform/rpc/far.ts";
import { link } from "../services/platform/rpc/link.ts";
import { endsWithUs } from "../test/kit/guard.ts";
import { until } from "../test/kit/until.ts";
import type { Planned } from "./plan.ts";

const ROOT = join(import.meta.dirname, "..");
const START_MS = 60_000;
const STOP_MS = 40_000;

/** One role as an operating-system process. */
export interface RoleProcess extends Planned {
	/** `http://127.0.0.1:PORT` */
	readonly grpc: string;
	/** File that takes everything it prints, over all its starts. */
	readonly log: string;
	/** Undefined while it does not run. */
	pid(): number | undefined;
	/** Starts it (again); with `ready`, resolves when its gRPC port says that it serves. */
	start(): Promise<void>;
	ready(): Promise<void>;
	/** SIGTERM; its exit code. Null: it had to be killed. */
	stop(): Promise<number | null>;
	/** SIGKILL. */
	kill(): Promise<void>;
	/** SIGSTOP, SIGCONT. */
	signal(signal: NodeJS.Signals): void;
}

export interface ProcessOptions {
	/** Holds logs and the data folders of the processes. */
	readonly folder: string;
	readonly config: readonly string[];
	readonly env: NodeJS.ProcessEnv;
}

/** Prepares a process; it does not run yet. */
export function roleProcess(
	planned: Planned,
	{ folder, config, env }: ProcessOptions,
): RoleProcess {
	const { name, role, grpcPort, httpPort } = planned;
	const grpc = `http://127.0.0.1:${grpcPort}`;
	const log = join(folder, "logs", `${name}.log`);
	const args = [
		...["services/main.ts", "--role", role, "--ops-port", `${grpcPort}`],
		...(httpPort === undefined ? [] : ["--port", `${httpPort}`]),
		// Workers of one machine share sample and indexes.
		...["--data", join(folder, "data")],
		...config.flatMap((file) => ["--config", file]),
	];
	let child: ChildProcess | undefined;
	let ended = Promise.resolve<number | null>(null);

	const start = async (): Promise<void> => {
		await mkdir(join(folder, "logs"), { recursive: true });
		await using output = await open(log, "a");
		const started = spawn(process.execPath, args, {
			cwd: ROOT,
			env,
			// A group of its own: a Ctrl-C on the terminal is for whoever runs the stack.
			detached: true,
			stdio: ["ignore", output.fd, output.fd],
		});
		child = started;
		endsWithUs(started);
		ended = new Promise((resolve, reject) => {
			started.once("error", reject);
			started.once("exit", (code) => {
				if (child === started) child = undefined;
				resolve(code);
			});
		});
	};
	const end = async (signal: NodeJS.Signals): Promise<number | null> => {
		const running = child;
		if (running === undefined) return ended;
		running.kill("SIGCONT");
		running.kill(signal);
		const late = setTimeout(() => running.kill("SIGKILL"), STOP_MS);
		const code = await ended;
		clearTimeout(late);
		return code;
	};
	return {
		...planned,
		grpc,
		log,
		start,
		pid: () => child?.pid,
		async ready() {
			await until(
				`${name} serves`,
				async () => {
					if (child === undefined)
						throw new Error(
							`${name} ended with ${await ended}:\n${await tail(log)}`,
						);
					return serves(grpc, env.POLYTOPE_TOKEN);
				},
				START_MS,
			);
		},
		stop: () => end("SIGTERM"),
		kill: async () => void (await end("SIGKILL")),
		signal: (signal) => void child?.kill(signal),
	};
}

async function serves(url: string, token?: string): Promise<boolean> {
	using far = openFar({ urls: [url], token, patienceMs: 0 });
	return link(Health, far)
		.check({}, { timeoutMs: 1000 })
		.then(
			({ status }) => status === 1,
			() => false,
		);
}

const tail = async (file: string): Promise<string> =>
	(await readFile(file, "utf8")).split("\n").slice(-15).join("\n");
