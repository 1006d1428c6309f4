import { open } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./command.ts";
import { temporaryFolder } from "./temporary.ts";

/** A file system of its own in memory, which can be filled to the last byte. */
export interface SmallDisk extends AsyncDisposable {
	readonly path: string;
	/** Takes all that is free. */
	fill(): Promise<void>;
	/** Gives it back. */
	clear(): Promise<void>;
}

const MIB = 2 ** 20;

/** @returns why there can be none here, where mounting is not allowed */
export async function smallDisk(mib: number): Promise<SmallDisk | string> {
	await using open = new AsyncDisposableStack();
	const { path } = open.use(await temporaryFolder("disk"));
	const options = ["-t", "tmpfs", "-o", `size=${mib}m,mode=755`];
	const { code, stderr } = await run("mount", [...options, "tmpfs", path]);
	if (code !== 0) return `a small file system cannot be mounted: ${stderr}`;
	open.defer(async () => void (await run("umount", ["--lazy", path])));
	const filler = join(path, "filler");
	const held = open.move();
	return {
		path,
		fill: () => fill(filler),
		clear: () => truncate(filler),
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

/** Smaller and smaller pieces, until not a byte goes in. */
async function fill(path: string): Promise<void> {
	await using file = await open(path, "a");
	for (let size = MIB; size >= 1; )
		try {
			await file.appendFile(Buffer.alloc(size));
		} catch (reason) {
			if (!isFull(reason)) throw reason;
			size = Math.floor(size / 2);
		}
}

async function truncate(path: string): Promise<void> {
	await using file = await open(path, "w");
	await file.truncate(0);
}

const isFull = (reason: unknown): boolean =>
	reason instanceof Error && "code" in reason && reason.code === "ENOSPC";
