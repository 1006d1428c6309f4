import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** What was written. */
export interface WrittenBytes {
	readonly length: number;
	/** Lower-case hexadecimal. */
	readonly sha256: string;
}

/** Small chunks are gathered to this many bytes before they are written: fewer calls, and still flat memory. */
const GATHER = 1024 * 1024;

/**
 * Writes chunks to a file from `position` on and hashes them on the way. While one block is written the next one is
 * taken and hashed, never a third: this is the back-pressure, and two blocks are all the memory.
 *
 * The chunks' own error or the file's is thrown; what was written until then stays.
 */
export async function writeHashed(
	file: FileHandle,
	position: number,
	chunks: AsyncIterable<Uint8Array>,
): Promise<WrittenBytes> {
	const sha256 = createHash("sha256");
	let length = 0;
	let flushed = 0;
	let gathered: Uint8Array[] = [];
	let writing = Promise.resolve();
	async function flush(): Promise<void> {
		await writing;
		writing = writeFully(file, gathered, position + flushed);
		// Awaited by the next flush; until then its failure must not count as unhandled.
		writing.catch(() => undefined);
		flushed = length;
		gathered = [];
	}
	for await (const chunk of chunks) {
		if (chunk.length === 0) continue;
		sha256.update(chunk);
		gathered.push(chunk);
		length += chunk.length;
		if (length - flushed >= GATHER) await flush();
	}
	await flush();
	await writing;
	return { length, sha256: sha256.digest("hex") };
}

/** Writes all of the buffers: the system may take less than it was given, above all when the disk becomes full. */
export async function writeFully(
	file: FileHandle,
	buffers: readonly Uint8Array[],
	position: number,
): Promise<void> {
	let at = position;
	let rest = buffers.filter((buffer) => buffer.length > 0);
	while (rest.length > 0) {
		const { bytesWritten } = await file.writev(rest, at);
		at += bytesWritten;
		rest = dropBytes(rest, bytesWritten);
	}
}

function dropBytes(buffers: readonly Uint8Array[], count: number) {
	let left = count;
	const rest: Uint8Array[] = [];
	for (const buffer of buffers) {
		if (left < buffer.length) rest.push(buffer.subarray(left));
		left = Math.max(0, left - buffer.length);
	}
	return rest;
}
