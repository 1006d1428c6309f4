import { type FileHandle, open, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { BrokenField } from "../../cube/field.ts";
import {
	type GetOptions,
	isPlainKey,
	type ObjectStore,
	type Part,
	StoreError,
} from "./store.ts";

/** A Zarr in a folder of this machine. */
export function folderStore(folder: string): ObjectStore {
	return {
		name: basename(folder),
		id: folder,
		get: (key, options) => read(folder, key, options),
		list: () => readdir(folder).catch(unlessAbsent([])),
	};
}

async function read(
	folder: string,
	key: string,
	{ part, most, signal }: GetOptions,
): Promise<Uint8Array | undefined> {
	signal?.throwIfAborted();
	if (!isPlainKey(key))
		throw new BrokenField(`'${key}' is no name of an object in a Zarr`);
	const handle = await open(join(folder, key)).catch(unlessAbsent(undefined));
	if (!handle) return undefined;
	await using file = handle;
	const stat = await file.stat();
	// What is no file (a folder of that name) is no object.
	if (!stat.isFile()) return undefined;
	const [offset, length] = placeOf(part, stat.size);
	if (length > most)
		throw new BrokenField(`${key} has ${length} octets, ${most} may be`);
	return readAt(file, offset, length);
}

function placeOf(
	part: Part | undefined,
	size: number,
): readonly [offset: number, length: number] {
	if (!part) return [0, size];
	if ("suffix" in part) {
		const length = Math.min(part.suffix, size);
		return [size - length, length];
	}
	return [part.offset, Math.max(0, Math.min(part.length, size - part.offset))];
}

async function readAt(
	file: FileHandle,
	offset: number,
	length: number,
): Promise<Uint8Array> {
	// Not from the pool: decoded in place, it stays as long as the chunk is kept.
	const into = Buffer.allocUnsafeSlow(length);
	let done = 0;
	while (done < length) {
		const { bytesRead } = await file.read(
			into,
			done,
			length - done,
			offset + done,
		);
		if (bytesRead === 0) break;
		done += bytesRead;
	}
	return into.subarray(0, done);
}

/** ENOENT and ENOTDIR say that there is nothing; all else is told. */
const unlessAbsent =
	<T>(absent: T) =>
	(cause: NodeJS.ErrnoException): T => {
		if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return absent;
		throw new StoreError(cause.message, {}, { cause });
	};
