import { crc32 } from "node:zlib";
import { z } from "zod";
import type { StoredObject, Upload } from "./objects.ts";

/**
 * One object is one file: a block that says what is to come, the bytes, a block that says what came. So data and
 * metadata become visible by one rename, are fsynced by one call, and a file that was cut short anywhere lacks its last
 * block. The blocks have a fixed size, so a listing knows the length of the bytes from the size of the file.
 */
const BLOCK = 1024;
const MAGIC = "POLYSTG1";
const PREFIX = MAGIC.length + 4;

/** Where the bytes begin in the file. */
export const BODY_START = BLOCK;

/** Length of the bytes in a file of this size; not negative, so that a file cut short counts as empty. */
export const bodyLength = (fileSize: number): number =>
	Math.max(0, fileSize - 2 * BLOCK);

/** Size of the file that holds so many bytes. */
export const fileSize = (length: number): number => length + 2 * BLOCK;

export const BLOCK_SIZE = BLOCK;

const uploadShape = z.object({
	key: z.string(),
	mediaType: z.string(),
	fileName: z.string(),
	traceparent: z.string().optional(),
});
const objectShape = uploadShape.extend({
	length: z.number().int().nonnegative(),
	sha256: z.string(),
	md5: z.string(),
	createdAt: z.number(),
});

/** The first block. */
export const encodeHead = (upload: Upload): Buffer =>
	encodeBlock(uploadShape.parse(upload));

/** The last block. */
export const encodeTail = (object: StoredObject): Buffer =>
	encodeBlock(objectShape.parse(object));

/** Undefined when the block is damaged or another key's. */
export function decodeHead(block: Buffer, key: string): Upload | undefined {
	const parsed = uploadShape.safeParse(decodeBlock(block));
	return parsed.success && parsed.data.key === key ? parsed.data : undefined;
}

/** Undefined when the block is damaged, another key's, or does not fit the size of the file. */
export function decodeTail(
	block: Buffer,
	key: string,
	size: number,
): StoredObject | undefined {
	const parsed = objectShape.safeParse(decodeBlock(block));
	if (!parsed.success || parsed.data.key !== key) return undefined;
	return fileSize(parsed.data.length) === size ? parsed.data : undefined;
}

function encodeBlock(record: object): Buffer {
	const text = Buffer.from(JSON.stringify(record));
	if (text.length > BLOCK - PREFIX)
		throw new RangeError("the metadata of an object do not fit their block");
	const block = Buffer.alloc(BLOCK, " ");
	block.write(MAGIC, 0, "latin1");
	text.copy(block, PREFIX);
	block.writeUInt32LE(crc32(block.subarray(PREFIX)), MAGIC.length);
	return block;
}

function decodeBlock(block: Buffer): unknown {
	if (block.length !== BLOCK) return undefined;
	if (block.toString("latin1", 0, MAGIC.length) !== MAGIC) return undefined;
	if (block.readUInt32LE(MAGIC.length) !== crc32(block.subarray(PREFIX)))
		return undefined;
	return JSON.parse(block.toString("utf8", PREFIX));
}
