import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { copyCluster } from "./cluster.ts";
import { endsWithUs } from "./guard.ts";
import { copySample } from "./sample.ts";
import { temporaryFolder } from "./temporary.ts";

const ROOT = join(import.meta.dirname, "../..");
const BIN = join(ROOT, "node_modules/.bin");
/** Milliseconds for a first start, which also makes the sample archive; generous for a loaded machine. */
const START_TIMEOUT = 100_000;
const STOP_TIMEOUT = 30_000;

export interface ProductOptions {
	/** Data folder, kept afterwards; without it a temporary one with an empty database and the sample in it, removed at the end. */
	readonly data?: string;
	/** Paths of configuration files. */
	readonly config?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	/** More arguments for the command line. */
	readonly args?: readonly string[];
}

/** The whole server as its users run it: a process of its own. */
export interface Product extends AsyncDisposable {
	/** `http://127.0.0.1:PORT`; the names of its roles, when no gateway is among them. */
	readonly url: string;
	readonly pid: number;
	readonly data: string;
	/** Ends it with SIGTERM and gives its exit code (null: a signal ended it). */
	stop(): Promise<number | null>;
	/** `kill -9`; resolves when the process is gone. */
	kill(): Promise<void>;
	/** Everything printed so far, standard output and error together. */
	output(): string;
}

/**
 * Starts the server on a free port and waits until it says that it is ready.
 *
 * @throws Error with all that it printed, when it ends or is silent instead.
 */
export async function startProduct(
	options: ProductOptions = {},
): Promise<Product> {
	const folder =
		options.data === undefined ? await temporaryFolder("test") : undefined;
	const data = folder?.path ?? options.data ?? "";
	if (folder)
		await Promise.all([
			copyCluster(join(data, "postgres")),
			copySample(join(data, "sample")),
		]);
	const child = launch(data, options);
	const printed = collectOutput(child);
	const exited = new Promise<number | null>((resolve) => {
		child.once("close", (code) => resolve(code));
	});
	endsWithUs(child);

	const kill = async (): Promise<void> => {
		child.kill("SIGKILL");
		await exited;
	};
	const stop = async (): Promise<number | null> => {
		child.kill("SIGTERM");
		const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
		const code = await exited;
		clearTimeout(timer);
		return code;
	};
	const dispose = async (): Promise<void> => {
		await stop();
		await folder?.[Symbol.asyncDispose]();
	};

	try {
		const url = await readyLine(child, printed, exited);
		return {
			url,
			pid: child.pid ?? 0,
			data,
			stop,
			kill,
			output: printed.text,
			[Symbol.asyncDispose]: dispose,
		};
	} catch (error) {
		await dispose();
		throw error;
	}
}

function launch(data: string, options: ProductOptions): ChildProcess {
	const files = (options.config ?? []).flatMap((file) => ["--config", file]);
	return spawn(
		join(BIN, "node"),
		[
			"services/main.ts",
			"--port",
			"0",
			"--data",
			data,
			...files,
			...(options.args ?? []),
		],
		{
			cwd: ROOT,
			env: { ...ownEnvironment(), ...options.env },
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
}

/** Our environment without what the test runner put into it. */
export function ownEnvironment(): NodeJS.ProcessEnv {
	const kept = Object.entries(process.env).filter(
		([name]) => !/^(VITEST|NODE_OPTIONS|NODE_ENV|TEST|DEV|PROD)/.test(name),
	);
	return {
		...Object.fromEntries(kept),
		PATH: BIN + delimiter + process.env.PATH,
	};
}

interface Printed {
	text(): string;
	/** Called whenever more was printed. */
	onMore: () => void;
}

function collectOutput(child: ChildProcess): Printed {
	let text = "";
	const printed: Printed = { text: () => text, onMore: () => {} };
	for (const stream of [child.stdout, child.stderr])
		stream?.setEncoding("utf8").on("data", (more: string) => {
			text += more;
			printed.onMore();
		});
	return printed;
}

/** What it says when it is ready: in words, or with some roles as a line of its log. */
function readyIn(text: string): string | undefined {
	const [, words, line] =
		/^ready (\S.*)\n|^\{.*"msg":"ready ([^"]+)"\}\n/m.exec(text) ?? [];
	return words ?? line;
}

async function readyLine(
	child: ChildProcess,
	printed: Printed,
	exited: Promise<number | null>,
): Promise<string> {
	await once(child, "spawn");
	const ready = new Promise<string>((resolve) => {
		printed.onMore = () => {
			const url = readyIn(printed.text());
			if (url) resolve(url);
		};
		printed.onMore();
	});
	const silent = new AbortController();
	const timer = setTimeout(() => silent.abort(), START_TIMEOUT);
	const failed = Promise.race([
		exited.then((code) => `ended with ${code}`),
		once(silent.signal, "abort").then(
			() => `said nothing like \`ready URL\` for ${START_TIMEOUT} ms`,
		),
	]).then((why) => {
		throw new Error(`The server ${why}. It printed:\n${printed.text()}`);
	});
	try {
		return await Promise.race([ready, failed]);
	} finally {
		clearTimeout(timer);
	}
}
