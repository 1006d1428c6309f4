import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { orGone } from "../platform/disk-faults.ts";
import {
	BLOCK_SIZE,
	BODY_START,
	decodeHead,
	decodeTail,
	fileSize,
} from "./container.ts";
import type { ByteRange, StoredObject, Upload } from "./objects.ts";
import { type Pourable, pourable } from "./pour.ts";

/** Bytes read at once for a download: few calls, and a hundred slow downloads still fit in memory. */
const READ_BLOCK = 512 * 1024;

/** What the first block of an upload's file says; undefined when it is damaged. */
export const readHead = async (
	file: FileHandle,
	key: string,
): Promise<Upload | undefined> => decodeHead(await readBlock(file, 0), key);

/** What the last block of a file says; undefined when there is no file, or it is not whole. */
export async function readTail(
	path: string,
	key: string,
): Promise<StoredObject | undefined> {
	await using file = await orGone(open(path, "r"));
	return file && (await tailOf(file, key));
}

/** Streams the bytes of an object's file, or the part of them given; undefined when there is no whole file. */
export async function readBody(
	path: string,
	key: string,
	range?: ByteRange,
): Promise<Readable | undefined> {
	const found = await openWhole(path, key);
	if (found === undefined) return undefined;
	const { file, object } = found;
	if (object.length === 0) {
		await file.close();
		return Readable.from([]);
	}
	const { start, end } = range ?? { start: 0, end: object.length - 1 };
	return file.createReadStream({
		start: BODY_START + start,
		end: BODY_START + end,
		highWaterMark: READ_BLOCK,
	});
}

/** The same without a stream. */
export async function pourBody(
	path: string,
	key: string,
	range?: ByteRange,
): Promise<Pourable | undefined> {
	const found = await openWhole(path, key);
	if (found === undefined) return undefined;
	const { start, end } = range ?? { start: 0, end: found.object.length - 1 };
	return pourable(found.file, BODY_START + start, BODY_START + end);
}

async function openWhole(path: string, key: string) {
	const file = await orGone(open(path, "r"));
	const object = file && (await tailOf(file, key));
	if (file !== undefined && object !== undefined) return { file, object };
	await file?.close();
	return undefined;
}

async function tailOf(
	file: FileHandle,
	key: string,
): Promise<StoredObject | undefined> {
	const { size } = await file.stat();
	if (size < fileSize(0)) return undefined;
	return decodeTail(await readBlock(file, size - BLOCK_SIZE), key, size);
}

async function readBlock(file: FileHandle, position: number): Promise<Buffer> {
	const block = Buffer.alloc(BLOCK_SIZE);
	const { bytesRead } = await file.read(block, 0, BLOCK_SIZE, position);
	return block.subarray(0, bytesRead);
}
