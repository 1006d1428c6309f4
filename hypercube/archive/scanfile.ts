import { type FileHandle, open } from "node:fs/promises";
import { openFile } from "../bytes/file.ts";
import type { ByteSource } from "../bytes/source.ts";
import { BrokenField, UnsupportedField } from "../cube/field.ts";
import { type Message, scan } from "../grib/scan.ts";
import { gridOctets, layoutOf } from "../grib/values/layout.ts";
import { canonical } from "./canonical.ts";
import { type FileIndex, IndexBuilder, paramColumn } from "./columns.ts";
import type { FoundFile } from "./files.ts";

/**
 * Reads the headers of all messages of a file. What is broken costs itself only and is among the faults.
 * @throws what the file system says where the file cannot be opened or read.
 */
export async function scanFile(
	file: FoundFile,
	signal: AbortSignal,
): Promise<FileIndex> {
	await using handle = await open(file.path);
	// What is read by it lies beside what was read a moment ago: it does not wait for a disk.
	using near = openFile(file.path);
	const builder = new IndexBuilder();
	for await (const found of scan(sourceOf(handle, file.size))) {
		signal.throwIfAborted();
		if (found.kind === "fault")
			builder.fault({ offset: found.offset, reason: found.reason });
		else builder.add(found, keysOf(found), packedAt(near, found));
	}
	return builder.done();
}

/** How the values of a message are packed; undefined where they cannot be read: who wants them is told then. */
function packedAt(source: ByteSource, { offset, length }: Message) {
	try {
		const layout = layoutOf(source, offset, length);
		if (layout instanceof Promise) throw new Error("a file answers at once");
		const grid = gridOctets(source, layout);
		return grid instanceof Promise ? undefined : { layout, grid };
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
