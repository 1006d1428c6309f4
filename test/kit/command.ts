import { spawn } from "node:child_process";

/** How a finished command ended, with all that it printed. */
export interface Outcome {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface CommandOptions {
	readonly cwd?: string;
	/** Laid over the environment of this process; undefined removes a variable. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** Milliseconds after which the command is killed; without it, two minutes. */
	readonly timeout?: number;
}

/** Runs a command to its end. A non-zero exit is an answer; a command that cannot start is an error. */
export function run(
	command: string,
	args: readonly string[],
	options: CommandOptions = {},
): Promise<Outcome> {
	const child = spawn(command, args, {
		cwd: options.cwd,
		env: { ...process.env, ...options.env },
		stdio: ["ignore", "pipe", "pipe"],
		timeout: options.timeout ?? 120_000,
		killSignal: "SIGKILL",
	});
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code) => resolve({ code, stdout, stderr }));
	});
}

/** Like {@link run}, but an exit other than 0 is an error that shows what the command printed. */
export async function mustRun(
	command: string,
	args: readonly string[],
	options: CommandOptions = {},
): Promise<string> {
	const { code, stdout, stderr } = await run(command, args, options);
	if (code === 0) return stdout;
	throw new Error(
		`\`${command} ${args.join(" ")}\` ended with ${code ?? "a signal"}\n${stderr}${stdout}`,
	);
}
