import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { endsWithUs } from "./guard.ts";
import { freePort } from "./ports.ts";
import { temporaryFolder } from "./temporary.ts";
import { tool } from "./tools.ts";
import { until } from "./until.ts";

/** An S3 server of a test's own; disposing ends it and removes what lay there. */
export interface S3Server extends AsyncDisposable {
	readonly port: number;
	/** `http://127.0.0.1:PORT`. */
	readonly endpoint: string;
	readonly accessKey: string;
	readonly secretKey: string;
	/** The folder in which buckets are folders and objects files. */
	readonly objects: string;
	/** What `staging.url` takes, for a bucket that need not exist. */
	urlOf(bucket: string): string;
	/** Ends the server, with a signal that leaves it no time. What lies there stays. */
	kill(): Promise<void>;
	/** Starts it again, on the same port, with what lay there. */
	start(): Promise<void>;
	/** Stops the process where it is, and lets it go on. */
	signal(signal: "SIGSTOP" | "SIGCONT"): void;
}

const ACCESS_KEY = "test-access";
const SECRET_KEY = "test-secret/with+odd=letters";

/** Path of versitygw, an S3 server that keeps objects as files. */
function versitygw(): Promise<string> {
	return tool({
		name: "versitygw",
		version: "1.8.0",
		recipes: [
			{
				by: "go",
				module: "github.com/versity/versitygw/cmd/versitygw@v1.8.0",
			},
		],
	});
}

/**
 * Starts an S3 server on a free port of loopback, with an empty folder.
 * @param detached whether signals to our process group, a Ctrl-C for instance, pass it by
 */
export async function startS3(detached = false): Promise<S3Server> {
	const program = await versitygw();
	const folder = await temporaryFolder("s3");
	const objects = join(folder.path, "objects");
	const sidecar = join(folder.path, "attributes");
	await Promise.all([mkdir(objects), mkdir(sidecar)]);
	const port = await freePort();
	const endpoint = `http://127.0.0.1:${port}`;
	let child: ChildProcess | undefined;
	async function start(): Promise<void> {
		const where = ["--port", `127.0.0.1:${port}`, "--quiet", "--keep-alive"];
		// Attributes in files of their own: not every temporary folder has extended attributes.
		const what = ["posix", "--sidecar", sidecar, objects];
		const started = spawn(program, [...where, ...what], {
			stdio: ["ignore", "ignore", "pipe"],
			detached,
			env: {
				PATH: process.env.PATH,
				ROOT_ACCESS_KEY: ACCESS_KEY,
				ROOT_SECRET_KEY: SECRET_KEY,
			},
		});
		child = started;
		endsWithUs(started);
		let said = "";
		started.stderr?.setEncoding("utf8").on("data", (text: string) => {
			said += text;
		});
		await until("the S3 server answers", async () => {
			if (started.exitCode !== null)
				throw new Error(`versitygw ended with ${started.exitCode}: ${said}`);
			return fetch(endpoint).then(
				async (response) => {
					await response.text();
					return true;
				},
				() => false,
			);
		});
	}
	async function kill(): Promise<void> {
		if (child === undefined || child.exitCode !== null) return;
		const ended = once(child, "exit");
		child.kill("SIGKILL");
		await ended;
		child = undefined;
	}
	await start();
	return {
		port,
		endpoint,
		accessKey: ACCESS_KEY,
		secretKey: SECRET_KEY,
		objects,
		urlOf: (bucket) => `s3://127.0.0.1:${port}/${bucket}?tls=false`,
		start,
		kill,
		signal: (signal) => void child?.kill(signal),
		async [Symbol.asyncDispose]() {
			await kill();
			await folder[Symbol.asyncDispose]();
		},
	};
}
