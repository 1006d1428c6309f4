import { type FileHandle, open } from "node:fs/promises";
import { ChangedFile, changedIfGone } from "../bytes/changed.ts";
import { isRemote } from "./remote/place.ts";
import type { Remotes } from "./remote/remotes.ts";
import { readRemote } from "./remote/stream.ts";
import type { IndexedFile, Part } from "./select.ts";
import { sameStamp } from "./stamp.ts";

/** Bytes of one chunk, unless less is left. */
const chunkLength = 512 * 1024;

/** Open files kept while a result hops between them. */
const mostOpen = 16;

/** Parts that follow each other in one file become one. */
function joinAdjacent(parts: Iterable<Part>): Part[] {
	const joined: Part[] = [];
	for (const part of parts) {
		const last = joined.at(-1);
		if (
			last &&
			last.file === part.file &&
			last.offset + last.length === part.offset
		) {
			joined[joined.length - 1] = {
				...last,
				length: last.length + part.length,
			};
		} else {
			joined.push(part);
		}
	}
	return joined;
}

/**
 * The bytes of the parts, one after the other, in chunks that the receiver may keep. Files are closed
 * when the stream ends, is left, or is aborted.
 * @throws the signal's reason, ChangedFile where a file is not what it was when it was indexed, RemoteError.
 */
export async function* readParts(
	parts: readonly Part[],
	remotes: Remotes,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	for (const { there, some } of runsOf(parts))
		yield* there ? readRemote(some, remotes, signal) : readHere(some, signal);
}

/** Parts that follow each other and lie all here, or all elsewhere. */
function* runsOf(parts: readonly Part[]) {
	for (let from = 0; from < parts.length; ) {
		const there = isThere(parts[from]);
		let to = from + 1;
		while (to < parts.length && isThere(parts[to]) === there) to++;
		yield { there, some: parts.slice(from, to) };
		from = to;
	}
}

const isThere = (part: Part | undefined): boolean =>
	part !== undefined && isRemote(part.file.path);

async function* readHere(
	parts: readonly Part[],
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	await using files = new OpenFiles();
	let chunk = Buffer.allocUnsafeSlow(chunkLength);
	let filled = 0;
	for (const part of joinAdjacent(parts)) {
		const handle = await files.get(part.file);
		let done = 0;
		while (done < part.length) {
			signal.throwIfAborted();
			const length = Math.min(chunkLength - filled, part.length - done);
			await readFully(
				handle,
				chunk.subarray(filled, filled + length),
				part.offset + done,
			);
			done += length;
			filled += length;
			if (filled === chunkLength) {
				yield chunk;
				chunk = Buffer.allocUnsafeSlow(chunkLength);
				filled = 0;
			}
		}
	}
	signal.throwIfAborted();
	if (filled > 0) yield chunk.subarray(0, filled);
}

async function readFully(
	handle: FileHandle,
	into: Uint8Array,
	offset: number,
): Promise<void> {
	for (let done = 0; done < into.length; ) {
		const { bytesRead } = await handle.read(
			into,
			done,
			into.length - done,
			offset + done,
		);
		if (bytesRead === 0)
			throw new Error(
				`an archive file ends before byte ${offset + into.length}`,
			);
		done += bytesRead;
	}
}

/** The files in use, the least recently used closed first. */
class OpenFiles implements AsyncDisposable {
	readonly #handles = new Map<IndexedFile, FileHandle>();

	async get(file: IndexedFile): Promise<FileHandle> {
		const known = this.#handles.get(file);
		if (known) {
			this.#handles.delete(file);
			this.#handles.set(file, known);
			return known;
		}
		const [oldest] = this.#handles;
		if (oldest && this.#handles.size >= mostOpen) {
			this.#handles.delete(oldest[0]);
			await oldest[1].close();
		}
		const handle = await openUnchanged(file);
		this.#handles.set(file, handle);
		return handle;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all(
			[...this.#handles.values()].map((handle) => handle.close()),
		);
	}
}

/** Opens a file, which must be as it was indexed: another's offsets would give another's bytes. */
async function openUnchanged(file: IndexedFile): Promise<FileHandle> {
	const handle = await open(file.path).catch((error: unknown) => {
		throw changedIfGone(file.path, error);
	});
	try {
		const { size, mtimeMs } = await handle.stat();
		if (sameStamp({ size, mtimeMs }, file)) return handle;
		throw new ChangedFile(file.path);
	} catch (error) {
		await handle.close();
		throw error;
	}
}
