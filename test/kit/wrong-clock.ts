import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "./command.ts";
import { tool } from "./tools.ts";

/** A wall clock that a test sets, for the processes that are started with its environment. Time goes on steadily there. */
export interface WrongClock {
	readonly env: Readonly<Record<string, string>>;
	/** Lets it be wrong by so many seconds from now on. */
	set(seconds: number): Promise<void>;
}

/** @param name of a file in `folder`, different for each clock */
export async function wrongClock(
	folder: string,
	name: string,
): Promise<WrongClock> {
	const library = await faketime();
	const file = join(folder, `${name}.clock`);
	const set = async (seconds: number): Promise<void> => {
		// Renamed, since it is read at any moment.
		await writeFile(`${file}.new`, `${seconds < 0 ? "" : "+"}${seconds}s\n`);
		await rename(`${file}.new`, file);
	};
	await set(0);
	return {
		set,
		env: {
			LD_PRELOAD: library,
			FAKETIME_TIMESTAMP_FILE: file,
			FAKETIME_NO_CACHE: "1",
			DONT_FAKE_MONOTONIC: "1",
			FAKETIME_DONT_FAKE_MONOTONIC: "1",
		},
	};
}

/** Path of libfaketime, as its own program knows it. */
async function faketime(): Promise<string> {
	const program = await tool({
		name: "faketime",
		version: "0.9",
		recipes: [{ by: "apt", package: "faketime" }],
	});
	const shown = ["-f", "+0", "sh", "-c", 'printf %s "$LD_PRELOAD"'];
	return mustRun(program, shown);
}
