import { type FileHandle, open } from "node:fs/promises";
import { create } from "@bufbuild/protobuf";
import {
	ArrivedFileSchema,
	type FileTarget,
} from "../../gen/polytope/staging/v1/staging_pb.js";
import { diskFault } from "../platform/disk-faults.ts";
import { writeHashed } from "../platform/write-file.ts";
import type { Sending, SentResult } from "./sending.ts";

/** Bytes into staging's own file: no other way is shorter. Undefined, and nothing was read, when its disk is not ours. */
export async function sendToFile(
	{ key, chunks, signal }: Sending,
	target: FileTarget,
): Promise<SentResult | undefined> {
	await using file = await openOurs(target, key);
	if (file === undefined) return undefined;
	try {
		const offset = Number(target.offset);
		const { length, sha256 } = await writeHashed(file, offset, chunks);
		signal.throwIfAborted();
		return {
			length: BigInt(length),
			sha256,
			arrived: { case: "file", value: create(ArrivedFileSchema) },
		};
	} catch (reason) {
		throw diskFault(reason);
	}
}

/** The file, if there is one at that path here and it is the one that was meant. */
async function openOurs(
	{ path, offset }: FileTarget,
	key: string,
): Promise<FileHandle | undefined> {
	let file: FileHandle | undefined;
	try {
		file = await open(path, "r+");
		const head = Buffer.alloc(Number(offset));
		await file.read(head, 0, head.length, 0);
		if (head.includes(key)) return file;
	} catch {
		// No such file, or not for us: we are elsewhere.
	}
	await file?.close();
	return undefined;
}
