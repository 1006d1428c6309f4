import { spawn } from "node:child_process";

/** A command to run to its end, and as whom. */
export interface Command {
	readonly argv: readonly string[];
	readonly uid?: number | undefined;
	readonly gid?: number | undefined;
}

/** How a command ended, with what it wrote; code 127 when it could not be started, as a shell has it. */
export interface Ending {
	readonly code: number;
	readonly output: string;
}

/** Runs a command to its end and never throws: the caller knows what a failure means. */
export function run({ argv, uid, gid }: Command): Promise<Ending> {
	const [program = "", ...args] = argv;
	return new Promise((resolve) => {
		const child = spawn(program, args, {
			stdio: ["ignore", "pipe", "pipe"],
			...(uid === undefined ? {} : { uid }),
			...(gid === undefined ? {} : { gid }),
			cwd: "/",
		});
		let output = "";
		const note = (chunk: Buffer) => {
			output += chunk.toString();
		};
		child.stdout.on("data", note);
		child.stderr.on("data", note);
		child.once("error", (error) =>
			resolve({ code: 127, output: error.message }),
		);
		child.once("close", (code) => resolve({ code: code ?? 128, output }));
	});
}
