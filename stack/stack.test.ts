import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { callerOf, download } from "../test/kit/caller.ts";
import { processesOn } from "../test/kit/processes.ts";
import { ownEnvironment } from "../test/kit/product.ts";
import { INSTALL_TIMEOUT } from "../test/kit/tools.ts";
import { until } from "../test/kit/until.ts";

/** Runs `npm run stack` as a person does, without npm. */
function launch(folder: string): ChildProcess & { said(): string } {
	const args = ["stack/main.ts", "--data", folder, "--port", "0"];
	const child = spawn(
		process.execPath,
		[...args, "--replicas", "worker=1,gateway=2"],
		{
			cwd: join(import.meta.dirname, ".."),
			env: ownEnvironment(),
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
	let said = "";
	for (const stream of [child.stdout, child.stderr])
		stream?.setEncoding("utf8").on("data", (text: string) => {
			said += text;
		});
	return Object.assign(child, { said: () => said });
}

test(
	"npm run stack says what runs where, serves, and leaves nothing behind",
	async () => {
		await using folder = await mkdtempDisposable(join(tmpdir(), "stack-"));
		const child = launch(folder.path);
		const ended = once(child, "exit");
		const url = await until(
			"it is ready",
			() => {
				if (child.exitCode !== null) throw new Error(child.said());
				return /^ready (http:\S+)$/m.exec(child.said())?.[1];
			},
			INSTALL_TIMEOUT,
		);
		expect(child.said()).toMatch(
			/^gateway-2 +\d+ +http:\S+ +http:\S+ +\S+gateway-2\.log$/m,
		);
		const caller = callerOf(url);
		const { location } = await caller.ended(await caller.submit("echo", "hi"));
		expect((await download(location)).toString()).toBe("hi");
		child.kill("SIGINT");
		expect((await ended)[0], child.said()).toBe(0);
		expect(await processesOn(folder.path)).toEqual([]);
		const log = join(folder.path, "logs/worker-1.log");
		expect(await readFile(log, "utf8")).toContain("ready worker");
	},
	INSTALL_TIMEOUT,
);
