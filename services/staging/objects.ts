import type { Readable } from "node:stream";
import { fault } from "../platform/faults.ts";
import type { Expected } from "./agreement.ts";
import type { Pourable } from "./pour.ts";

/** What is known of bytes before they come. */
export interface Upload {
	/** Unguessable: whoever knows it may read. See {@link isKey}. */
	readonly key: string;
	/** Exactly what the download's Content-Type will be. */
	readonly mediaType: string;
	/** Suggested to who downloads; any script, no path. */
	readonly fileName: string;
	/** Of the request whose result it is, so that its downloads belong to its trace. */
	readonly traceparent?: string | undefined;
}

/** What is known of bytes once all of them came. */
export interface Written {
	/** Bytes. */
	readonly length: number;
	/** Lower-case hexadecimal. */
	readonly sha256: string;
	/** Lower-case hexadecimal; for v1's field of that name, not for trust. Empty for large objects. */
	readonly md5: string;
}

/** Bytes that are complete and served. They never change under their key. */
export interface StoredObject extends Upload, Written {
	/** Milliseconds since 1970. */
	readonly createdAt: number;
}

/** What a listing tells of an object without opening it. */
export interface ListedObject {
	readonly key: string;
	readonly length: number;
	readonly createdAt: number;
}

/** An upload that was begun and neither committed nor aborted. */
export interface PendingUpload {
	readonly key: string;
	/** Bytes that have arrived; approximate while they are being written. */
	readonly length: number;
	/** Milliseconds since 1970 of the last byte. */
	readonly modifiedAt: number;
}

export interface Usage {
	readonly bytes: number;
	readonly objects: number;
	/** True while what lay there at the start is still being counted: the numbers are then a lower bound. */
	readonly counting: boolean;
}

/** The first and last byte wanted, both included. */
export interface ByteRange {
	readonly start: number;
	readonly end: number;
}

/** A shorter way than through us for the bytes of an upload, for who can take it. */
export type Direct =
	/** A file of whoever shares the disk: it begins with a block that holds the key, the bytes come after it. */
	| { readonly kind: "file"; readonly path: string; readonly offset: number }
	/** Parts, each sent with one PUT to an address of `partUrls`. */
	| {
			readonly kind: "parts";
			readonly uploadId: string;
			/** Bytes of every part but the last. */
			readonly partSize: number;
	  };

/** How bytes came that did not pass through us. */
export type Arrived =
	| { readonly kind: "file" }
	| {
			readonly kind: "parts";
			readonly uploadId: string;
			readonly parts: readonly UploadedPart[];
	  };

export interface UploadedPart {
	/** From 1 on. */
	readonly number: number;
	readonly etag: string;
}

/**
 * Where staged results lie: a disk, an S3 bucket. Promises, held by `objects.contract.ts` for every implementation:
 * an object is seen whole or not at all, also after a crash; nothing is ever whole in memory, except in `put`.
 *
 * Faults: INVALID a malformed key, NOT_FOUND no such upload, CONFLICT bytes that are not what was said, FULL no space
 * left, UNAVAILABLE the disk or bucket is away.
 */
export interface Objects extends AsyncDisposable {
	/**
	 * Opens an upload, of so many bytes if that is known. Whatever lay under this key before is thrown away.
	 * The answer is a shorter way for its bytes than `write`; who cannot take it writes.
	 */
	create(upload: Upload, length?: number): Promise<Direct | undefined>;
	/** Addresses for some parts of an upload, valid for an hour. INVALID where there are no parts. */
	partUrls(
		key: string,
		uploadId: string,
		parts: { readonly first: number; readonly count: number },
	): Promise<readonly string[]>;
	/**
	 * Takes the bytes of an upload that was created, in order and at the pace of the storage; a second call starts from
	 * the first byte again. A chunk must not be changed after it was handed over.
	 */
	write(key: string, chunks: AsyncIterable<Uint8Array>): Promise<Written>;
	/**
	 * Makes a written upload an object, durable on return. CONFLICT, and the upload is gone, when length or checksum
	 * differ from what arrived. Committing the same again is success. Of what arrived by a shorter way the length is
	 * checked, and the checksum is taken from who sent it.
	 */
	commit(
		key: string,
		expected: Expected,
		arrived?: Arrived,
	): Promise<StoredObject>;
	/** `create`, `write` and `commit` in one, for small bytes. */
	put(upload: Upload, bytes: Uint8Array): Promise<StoredObject>;
	/** Throws an upload away, also while it is being written. Leaves objects alone. Idempotent. */
	abort(key: string): Promise<void>;
	stat(key: string): Promise<StoredObject | undefined>;
	/** Reads an object or a part of it, which must lie within. Undefined when there is none. */
	open(key: string, range?: ByteRange): Promise<Readable | undefined>;
	/** The same without a stream, where that costs less. */
	openBlocks?(key: string, range?: ByteRange): Promise<Pourable | undefined>;
	/** Idempotent. Who is reading reads on. */
	delete(key: string): Promise<void>;
	/** All objects in a stable order, after the key given; those that come or go meanwhile may be missing or present. */
	list(after?: string): AsyncIterable<ListedObject>;
	listUploads(): AsyncIterable<PendingUpload>;
	/** What lies here; what other processes changed is seen with the next recount. */
	usage(): Usage;
	/** Counts what lies here again, which otherwise happens by itself, slowly. */
	recount(): Promise<void>;
	/** Waits until `usage` is no longer counting. */
	counted(): Promise<void>;
}

const KEY = /^[A-Za-z0-9_-]{22,64}$/;

/** Whether a text has the shape of a key: base64url of 128 random bits or more. No such text leads out of a folder. */
export const isKey = (text: string): boolean => KEY.test(text);

/** Throws INVALID: nothing but a well-formed key ever becomes part of a name. */
export const checkKey = (key: string): string => {
	if (isKey(key)) return key;
	throw fault(
		"INVALID",
		"a staging key is 22 to 64 characters of base64url: at least 128 random bits",
	);
};

const MEDIA_TYPE = /^[A-Za-z0-9][\w!#$&^.+-]*\/[A-Za-z0-9][\w!#$&^.+-]*$/;

/** Whether a text is a media type without parameters, at most 100 characters. */
export const isMediaType = (text: string): boolean =>
	text.length <= 100 && MEDIA_TYPE.test(text);

/** Whether a text can be a file's name anywhere: 1 to 200 bytes, no control characters, no path. */
export const isFileName = (text: string): boolean =>
	text.isWellFormed() &&
	Buffer.byteLength(text) <= 200 &&
	/^[^\p{Cc}/\\]+$/u.test(text) &&
	!/^\.{1,2}$/.test(text);
