import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { endsWithUs } from "../kit/guard.ts";
import { isFree } from "../kit/ports.ts";
import { processesOn } from "../kit/processes.ts";
import { ownEnvironment } from "../kit/product.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";

interface Launched {
	readonly child: ChildProcess;
	/** Its exit code, and the signal that ended it. */
	readonly ended: Promise<unknown[]>;
	said(pattern: RegExp): Promise<RegExpExecArray>;
	text(): string;
}

/** Runs a script of the project as a person does, without npm. */
function launch(...args: string[]): Launched {
	const child = spawn(process.execPath, args, {
		cwd: join(import.meta.dirname, "../.."),
		env: ownEnvironment(),
		stdio: ["ignore", "pipe", "pipe"],
	});
	endsWithUs(child);
	onTestFinished(() => void child.kill("SIGKILL"));
	let printed = "";
	for (const stream of [child.stdout, child.stderr])
		stream?.setEncoding("utf8").on("data", (text: string) => {
			printed += text;
		});
	return {
		child,
		ended: once(child, "exit"),
		text: () => printed,
		said: (pattern) =>
			until(
				`it says ${pattern}`,
				() => {
					if (child.exitCode !== null) throw new Error(printed);
					return pattern.exec(printed) ?? undefined;
				},
				INSTALL_TIMEOUT,
			),
	};
}

test(
	"a storm that is interrupted ends, and all that it started",
	async () => {
		const { child, ended, said, text } = launch(
			...["test/chaos/main.ts", "--requests", "60", "--kills", "10"],
		);
		const [, folder = ""] = await said(/logs in (\S+)\/logs$/m);
		await said(/^[1-9]\d* of 60 requests, [1-9]/m);
		const theirs = await processesOn(folder);
		expect(theirs.length).toBeGreaterThan(5);
		child.kill("SIGINT");
		expect(await ended, text()).toEqual([130, null]);
		expect(await processesOn(folder)).toEqual([]);
		expect(text()).not.toMatch(/violation|Error/);
	},
	INSTALL_TIMEOUT,
);

test(
	"a stack that is killed leaves no process and no server",
	async () => {
		await using folder = await mkdtempDisposable(join(tmpdir(), "stack-"));
		const { child, said, text } = launch(
			...["stack/main.ts", "--data", folder.path, "--port", "0"],
			...["--replicas", "worker=1,gateway=1"],
		);
		await said(/^ready http/m);
		const servers = [
			...text().matchAll(/^(?:postgres|nats|redis|s3):.*127\.0\.0\.1:(\d+)/gm),
		].map(([, port]) => Number(port));
		expect(servers).toHaveLength(4);
		child.kill("SIGKILL");
		await until("all have ended", async () => {
			const left = await processesOn(folder.path);
			const free = await Promise.all(servers.map(isFree));
			return left.length === 0 && free.every(Boolean);
		});
	},
	INSTALL_TIMEOUT,
);
