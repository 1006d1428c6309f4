import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { findBinaries } from "../../services/platform/postgres/embedded/binaries.ts";
import { USER } from "../../services/platform/postgres/embedded/cluster.ts";
import { chooseGuise } from "../../services/platform/postgres/embedded/guise.ts";
import { untilReady } from "../../services/platform/postgres/embedded/ready.ts";
import { copyCluster } from "./cluster.ts";
import { endsWithUs } from "./guard.ts";
import { freePort } from "./ports.ts";
import { processesOn } from "./processes.ts";
import { temporaryFolder } from "./temporary.ts";
import { until } from "./until.ts";

/** A PostgreSQL on a TCP port of loopback, as somebody else would run one; disposing removes what it stored. */
export interface PostgresServer extends AsyncDisposable {
	/** `postgres://…`, as `store.url` takes it. */
	readonly url: string;
	/** Starts it (again), on the same port and data. */
	start(): Promise<void>;
	/** Ends it: SIGINT in good order, SIGQUIT as if it had crashed, SIGKILL without a word to its own processes. */
	stop(signal?: "SIGINT" | "SIGQUIT" | "SIGKILL"): Promise<void>;
	freeze(): void;
	thaw(): void;
}

const START_MS = 60_000;
const CONNECTIONS = 300;

export async function startPostgres(
	options: {
		/** Whether it forces anything to disk. */
		readonly durable?: boolean;
		/** Whether signals to our process group, a Ctrl-C for instance, pass it by. */
		readonly detached?: boolean;
		/** Folder on the disk that holds what it stores; without it, the temporary one. */
		readonly disk?: string;
	} = {},
): Promise<PostgresServer> {
	const { durable = false, detached = false, disk } = options;
	const folder = await temporaryFolder("postgres", disk);
	const cluster = await copyCluster(folder.path);
	const binaries = await findBinaries(join(folder.path, "lib"));
	const guise = await chooseGuise(binaries, folder.path);
	const port = await freePort();
	const settings = {
		listen_addresses: "127.0.0.1",
		port,
		unix_socket_directories: "",
		max_connections: CONNECTIONS,
		...(!durable && { fsync: "off", synchronous_commit: "off" }),
	};
	const [program = "", ...args] = [
		...guise.prefix,
		...binaries.postgres,
		...["-D", cluster],
		...Object.entries(settings).flatMap(([key, value]) => [
			"-c",
			`${key}=${value}`,
		]),
	];
	let child: ChildProcess | undefined;

	const start = async (): Promise<void> => {
		await using output = await open(join(folder.path, "postgres.log"), "a");
		child = spawn(program, args, {
			detached,
			stdio: ["ignore", output.fd, output.fd],
			cwd: "/",
			...(guise.uid === undefined ? {} : { uid: guise.uid }),
			...(guise.gid === undefined ? {} : { gid: guise.gid }),
		});
		endsWithUs(child, "QUIT");
		await untilReady(
			{ host: "127.0.0.1", port, user: USER, database: "postgres", ssl: false },
			AbortSignal.timeout(START_MS),
		);
	};
	const stop = async (
		signal: "SIGINT" | "SIGQUIT" | "SIGKILL" = "SIGINT",
	): Promise<void> => {
		const running = child;
		child = undefined;
		if (running === undefined || running.exitCode !== null) return;
		const gone = once(running, "exit");
		running.kill("SIGCONT");
		running.kill(signal);
		await gone;
		// Those who lost their postmaster end by themselves, each after its statement; before that none can start anew.
		await until(
			"PostgreSQL's processes have ended",
			async () => (await processesOn(cluster)).length === 0,
		);
	};
	await start();
	return {
		url: `postgres://${USER}@127.0.0.1:${port}/postgres`,
		start,
		stop,
		freeze: () => void child?.kill("SIGSTOP"),
		thaw: () => void child?.kill("SIGCONT"),
		async [Symbol.asyncDispose]() {
			await stop("SIGQUIT");
			await folder[Symbol.asyncDispose]();
		},
	};
}
