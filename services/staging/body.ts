import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { ByteRange, Objects, StoredObject } from "./objects.ts";
import type { Pourable } from "./pour.ts";

/** What is sent after the headers: its type and exact length, and how to open it. */
export interface Body {
	readonly contentType: string;
	readonly length: number;
	/** Undefined when the object has gone meanwhile. */
	open(): Promise<Readable | Pourable | undefined>;
}

/** The object, or one part of it, as it lies. */
export function plainBody(
	objects: Objects,
	{ key, mediaType, length }: StoredObject,
	range?: ByteRange,
): Body {
	return {
		contentType: mediaType,
		length: range === undefined ? length : range.end - range.start + 1,
		open: () => objects.openBlocks?.(key, range) ?? objects.open(key, range),
	};
}

/** Several parts of the object as multipart/byteranges (RFC 9110 §14.6). */
export function multipartBody(
	objects: Objects,
	object: StoredObject,
	ranges: readonly ByteRange[],
): Body {
	const boundary = randomBytes(18).toString("base64url");
	const parts = ranges.map((range) => ({
		head: partHead(boundary, object, range),
		range,
	}));
	const end = `\r\n--${boundary}--\r\n`;
	const length = parts.reduce(
		(sum, { head, range }) =>
			sum + Buffer.byteLength(head) + range.end - range.start + 1,
		end.length,
	);
	async function* bytes(first: Readable): AsyncIterable<Uint8Array> {
		let opened: Readable | undefined = first;
		try {
			for (const [at, { head, range }] of parts.entries()) {
				if (at > 0) opened = await objects.open(object.key, range);
				if (opened === undefined) throw new Error("the object has gone");
				yield Buffer.from(head);
				yield* opened;
			}
			yield Buffer.from(end);
		} finally {
			opened?.destroy();
		}
	}
	return {
		contentType: `multipart/byteranges; boundary=${boundary}`,
		length,
		async open() {
			const first = await objects.open(object.key, ranges[0]);
			return first && Readable.from(bytes(first), { objectMode: false });
		},
	};
}

const partHead = (
	boundary: string,
	{ mediaType, length }: StoredObject,
	range: ByteRange,
): string =>
	[
		`\r\n--${boundary}`,
		`Content-Type: ${mediaType}`,
		`Content-Range: ${contentRange(range, length)}`,
		"\r\n",
	].join("\r\n");

/** The Content-Range header of one part. */
export const contentRange = (
	{ start, end }: ByteRange,
	length: number,
): string => `bytes ${start}-${end}/${length}`;
