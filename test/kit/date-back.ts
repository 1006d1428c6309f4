import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";

const HOUR_S = 3600;

/** Dates the file of that name, somewhere in a folder, back by an hour. */
export async function dateBack(folder: string, name: string): Promise<void> {
	const entries = await readdir(folder, {
		recursive: true,
		withFileTypes: true,
	});
	const found = entries.find((entry) => entry.name === name && entry.isFile());
	if (found === undefined) throw new Error(`no ${name} in ${folder}`);
	const then = Date.now() / 1000 - HOUR_S;
	await utimes(join(found.parentPath, name), then, then);
}
