import { type FileHandle, open } from "node:fs/promises";
import { openFile } from "../bytes/file.ts";
import { recent } from "../bytes/recent.ts";
import type { ByteSource } from "../bytes/source.ts";
import { BrokenField, UnsupportedField } from "../cube/field.ts";
import { type Message, scan } from "../grib/scan.ts";
import { gridOctets, layoutOf } from "../grib/values/layout.ts";
import { canonical } from "./canonical.ts";
import { type FileIndex, IndexBuilder, paramColumn } from "./columns.ts";
import type { FoundFile } from "./files.ts";
import { isRemote } from "./remote/place.ts";
import type { Remotes } from "./remote/remotes.ts";

/** Where reads are dear they are this long, and the last few are kept: one holds a message's end and the next one's header. */
const aheadThere = 65_536;
const keptThere = 3;

/**
 * Reads the headers of all messages of a file. What is broken costs itself only and is among the faults.
 * @param remotes how the file is read that lies elsewhere
 * @throws what the file system says where the file cannot be opened or read; RemoteError, ChangedFile.
 */
export async function scanFile(
	file: FoundFile,
	signal: AbortSignal,
	remotes?: Remotes,
): Promise<FileIndex> {
	if (remotes !== undefined && isRemote(file.path)) {
		const source = stopping(remotes.source(file), signal);
		const ahead = recent(source, aheadThere, keptThere);
		return indexOf(ahead, ahead, signal);
	}
	await using handle = await open(file.path);
	// What is read by it lies beside what was read a moment ago: it does not wait for a disk.
	using near = openFile(file.path);
	return await indexOf(sourceOf(handle, file.size), near, signal);
}

/** @param near where headers are read again that were read a moment ago */
async function indexOf(
	source: ByteSource,
	near: ByteSource,
	signal: AbortSignal,
): Promise<FileIndex> {
	const builder = new IndexBuilder();
	for await (const found of scan(source)) {
		signal.throwIfAborted();
		if (found.kind === "fault")
			builder.fault({ offset: found.offset, reason: found.reason });
		else builder.add(found, keysOf(found), await packedAt(near, found));
	}
	return builder.done();
}

/** A source whose reads end with a signal, for who passes none on. */
const stopping = (source: ByteSource, signal: AbortSignal): ByteSource => ({
	...source,
	read: (offset, length) => source.read(offset, length, signal),
});

/** How the values of a message are packed; undefined where they cannot be read: who wants them is told then. */
async function packedAt(source: ByteSource, { offset, length }: Message) {
	try {
		const layout = await layoutOf(source, offset, length);
		return { layout, grid: await gridOctets(source, layout) };
	} catch (error) {
		if (error instanceof UnsupportedField || error instanceof BrokenField)
			return undefined;
		throw error;
	}
}

function sourceOf(handle: FileHandle, size: number): ByteSource {
	return {
		size,
		read: async (offset, length) => {
			const buffer = Buffer.allocUnsafe(length);
			const { bytesRead } = await handle.read(buffer, 0, length, offset);
			return buffer.subarray(0, bytesRead);
		},
	};
}

function keysOf({ keys, paramId, shortName }: Message): Record<string, string> {
	const { param } = keys;
	if (param === undefined) return { ...keys };
	const id = paramId ? String(paramId) : canonical("param", param);
	return { ...keys, [paramColumn]: `${id}:${shortName ?? ""}:${param}` };
}
