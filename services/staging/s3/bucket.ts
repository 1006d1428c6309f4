import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { UploadedPart } from "../objects.ts";
import type { S3Client, StoredPart } from "./client.ts";
import { orGone, s3Fault } from "./faults.ts";

/** Seconds for which an address to send to is valid. */
const PRESIGNED_S = 3600;

/** One object as a listing has it. */
export interface ListedName {
	readonly name: string;
	readonly length: number;
	/** Milliseconds since 1970. */
	readonly storedAt: number;
}

/** The calls of S3 that staging needs, in its own words; all their errors are faults. */
export class Bucket {
	readonly #client: S3Client;
	readonly name: string;

	constructor(client: S3Client, name: string) {
		this.#client = client;
		this.name = name;
	}

	put(
		name: string,
		bytes: Uint8Array,
		headers: Readonly<Record<string, string>> = {},
	): Promise<unknown> {
		const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
		return translated(() =>
			this.#client.putObject(this.name, name, body, body.length, {
				...headers,
			}),
		);
	}

	/** Size and metadata; undefined when there is no such object. */
	head(name: string) {
		return translated(() => orGone(this.#client.statObject(this.name, name)));
	}

	/** The whole of a small object; undefined when there is none. */
	read(name: string): Promise<Buffer | undefined> {
		return translated(async () => {
			const stream = await orGone(this.#client.getObject(this.name, name));
			return stream && (await buffer(stream));
		});
	}

	/** An object or so many of its bytes from `start` on; undefined when there is none. */
	open(
		name: string,
		part?: { readonly start: number; readonly length: number },
	): Promise<Readable | undefined> {
		const { start = 0, length = 0 } = part ?? {};
		return translated(() =>
			orGone(
				part === undefined
					? this.#client.getObject(this.name, name)
					: this.#client.getPartialObject(this.name, name, start, length),
			),
		);
	}

	/** Removes objects, up to 1000. Idempotent. */
	async remove(names: readonly string[]): Promise<void> {
		const failures = await translated(() =>
			this.#client.removeObjects(this.name, [...names]),
		);
		const [first] = failures;
		if (first)
			throw s3Fault(
				Object.assign(new Error("an object could not be removed"), {
					code: "EREMOVE",
					cause: first,
				}),
			);
	}

	/** Objects whose names begin so and come after one, in order. */
	async *list(prefix: string, after = ""): AsyncIterable<ListedName> {
		for (let last = after; ; ) {
			// The last name, not the page's token: the client reads a token that looks like a number as one.
			const page = await translated(() =>
				this.#client.listObjectsV2Query(this.name, prefix, "", "", 1000, last),
			);
			for (const { name, size, lastModified } of page.objects) {
				if (name === undefined) continue;
				yield { name, length: size, storedAt: lastModified.getTime() };
				last = name;
			}
			if (!page.isTruncated) return;
		}
	}

	/** Uploads under names that begin so, which were neither completed nor aborted. */
	async *uploads(
		prefix: string,
	): AsyncIterable<{ name: string; id: string; begunAt: number }> {
		for (let key = "", id = ""; ; ) {
			const page = await translated(() =>
				this.#client.listIncompleteUploadsQuery(this.name, prefix, key, id, ""),
			);
			for (const { key: name, uploadId, initiated } of page.uploads)
				yield { name, id: uploadId, begunAt: initiated.getTime() };
			if (!page.isTruncated || page.nextKeyMarker === key) return;
			key = page.nextKeyMarker;
			id = page.nextUploadIdMarker;
		}
	}

	/** Opens an upload in parts; gives its id. */
	begin(
		name: string,
		headers: Readonly<Record<string, string>> = {},
	): Promise<string> {
		return translated(() =>
			this.#client.initiateNewMultipartUpload(this.name, name, { ...headers }),
		);
	}

	/** Addresses to which parts of an upload can be sent by whoever has them. */
	partUrls(
		name: string,
		uploadId: string,
		{ first, count }: { readonly first: number; readonly count: number },
	): Promise<string[]> {
		const numbers = Array.from({ length: count }, (_, at) => first + at);
		return translated(() =>
			Promise.all(
				numbers.map((part) =>
					this.#client.presignedUrl("PUT", this.name, name, PRESIGNED_S, {
						partNumber: String(part),
						uploadId,
					}),
				),
			),
		);
	}

	/** The parts that have arrived; undefined when there is no such upload. */
	parts(name: string, uploadId: string): Promise<StoredPart[] | undefined> {
		return translated(() =>
			orGone(this.#client.partsOf(this.name, name, uploadId)),
		);
	}

	/** Makes the parts an object; false when there is no such upload (any more). */
	async complete(
		name: string,
		uploadId: string,
		parts: readonly UploadedPart[],
	): Promise<boolean> {
		const done = await translated(() =>
			orGone(
				this.#client.completeMultipartUpload(
					this.name,
					name,
					uploadId,
					parts.map(({ number, etag }) => ({ part: number, etag })),
				),
			),
		);
		return done !== undefined;
	}

	/** Throws an upload away. Idempotent. */
	async abort(name: string, uploadId: string): Promise<void> {
		await translated(() =>
			orGone(this.#client.abortMultipartUpload(this.name, name, uploadId)),
		);
	}
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (reason) {
		throw s3Fault(reason);
	}
}
