import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { callerOf } from "../kit/caller.ts";
import { ownEnvironment } from "../kit/product.ts";
import { until } from "../kit/until.ts";

const START_MS = 50_000;

/** Starts the server with what it needs, by itself or behind a command; its output as it comes. */
function start(data: string, args: readonly string[], behind: string[] = []) {
	const [command = "", ...rest] = [
		...[...behind, process.execPath, "services/main.ts"],
		...["--data", data, "--port", "0", ...args],
	];
	const child = spawn(command, rest, {
		cwd: join(import.meta.dirname, "../.."),
		env: ownEnvironment(),
		stdio: "pipe",
	});
	const said = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const)
		child[name].setEncoding("utf8").on("data", (text: string) => {
			said[name] += text;
		});
	return { child, said, closed: once(child, "close") };
}

test("a process with some roles writes nothing but its log to standard output", async () => {
	await using folder = await mkdtempDisposable(join(tmpdir(), "output-"));
	const args = ["--role", "identity", "--ops-port", "0"];
	const { child, said, closed } = start(folder.path, args);
	try {
		await until(
			"it is ready",
			() => said.stdout.includes("process.ready") || child.exitCode !== null,
			START_MS,
		);
	} finally {
		child.kill("SIGTERM");
		await closed;
	}
	expect(said.stderr).toBe("");
	const lines = said.stdout
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
	for (const line of lines)
		expect(line).toMatchObject({
			time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
			level: expect.stringMatching(/^(debug|info|warn|error|fatal)$/),
			role: expect.any(String),
			event: expect.any(String),
			msg: expect.any(String),
		});
	expect(lines.at(-1)).toMatchObject({
		msg: "ready identity",
		addresses: { grpc: expect.stringMatching(/^http:/) },
	});
});

const TERMINAL = ["python3", "-c", "import pty, sys; pty.spawn(sys.argv[1:])"];

test("on a terminal one sees how to use it, not how it goes about it, and after Ctrl-C what is waited for", async () => {
	await using folder = await mkdtempDisposable(join(tmpdir(), "output-"));
	const config = join(folder.path, "config.yaml");
	await writeFile(
		config,
		`
datasources: {slow: {type: dummy, pace: 60s}}
collections: {sample: null, slow: {datasources: [slow]}}
worker: {drain: 2s}
`,
	);
	const { child, said, closed } = start(
		folder.path,
		["--config", config],
		TERMINAL,
	);
	try {
		const url = await until(
			"it is ready",
			() => /^ready (http:\S+)/m.exec(said.stdout)?.[1],
			START_MS,
		);
		const caller = callerOf(url);
		await caller.ended(await caller.submit("echo", "hi"));
		const id = await caller.submit("slow", "5000000");
		await until(
			"it runs",
			async () => (await caller.record(id))?.status === "processing",
		);
	} finally {
		// As a person types it.
		child.stdin.write("\x03");
		await closed;
	}
	expect(said.stdout).toContain("With curl:");
	expect(said.stdout).toContain("ending: running requests have 2 s");
	expect(said.stdout).not.toMatch(/"level"|request.processed|leading now/);
}, 120_000);
