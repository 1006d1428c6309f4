import type { FileHandle } from "node:fs/promises";

/** Bytes read at once: few calls, and a hundred slow downloads still fit in memory. */
const BLOCK = 256 * 1024;

/** Takes a block; until it resolves the block must not change. */
export type Sink = (block: Uint8Array) => Promise<void>;

/** Bytes that are handed out in blocks which are used again: a stream would need new memory for each. */
export interface Pourable extends AsyncDisposable {
	/** Hands all out, in order; while one block is being taken the next is read. */
	pour(sink: Sink): Promise<void>;
}

/** Bytes of a file, from the first to the last position given. Disposing closes it. */
export const pourable = (
	file: FileHandle,
	first: number,
	last: number,
): Pourable => ({
	async pour(sink) {
		let at = first;
		let [free, other] = [Buffer.alloc(BLOCK), Buffer.alloc(BLOCK)];
		let taken = Promise.resolve();
		while (at <= last) {
			const length = Math.min(BLOCK, last - at + 1);
			const { bytesRead } = await file.read(free, 0, length, at);
			if (bytesRead === 0) throw new Error("the file has become shorter");
			await taken;
			taken = sink(free.subarray(0, bytesRead));
			// Awaited in the next turn; until then its failure must not count as unhandled.
			taken.catch(() => undefined);
			at += bytesRead;
			[free, other] = [other, free];
		}
		await taken;
	},
	[Symbol.asyncDispose]: () => file.close(),
});
