import type { Readable } from "node:stream";
import type { Expected } from "../agreement.ts";
import { hashed } from "../hashed.ts";
import type {
	Arrived,
	ByteRange,
	Direct,
	ListedObject,
	Objects,
	PendingUpload,
	StoredObject,
	Upload,
	Usage,
	Written,
} from "../objects.ts";
import {
	cellOf,
	removeResult,
	type S3Context,
	type S3Parts,
	s3Context,
	statResult,
} from "./context.ts";
import { factHeaders } from "./facts.ts";
import { listResults, listUploads } from "./listing.ts";
import { S3Uploads } from "./uploads.ts";

/**
 * Staged results in a bucket. A small one is one object that holds its facts in its headers. A large one is an upload in
 * parts (uploads.ts), which whoever makes the result sends to S3 directly; its facts are an object of their own (facts.ts).
 * What is completed is seen, what is not is not: S3 sees to that.
 */
export const openS3Objects = (parts: S3Parts): Objects =>
	new S3Objects(s3Context(parts));

class S3Objects implements Objects {
	readonly #ctx: S3Context;
	readonly #uploads: S3Uploads;

	constructor(ctx: S3Context) {
		this.#ctx = ctx;
		this.#uploads = new S3Uploads(ctx);
	}

	create(upload: Upload, length?: number): Promise<Direct> {
		return this.#uploads.create(upload, length);
	}

	async partUrls(
		key: string,
		uploadId: string,
		parts: { readonly first: number; readonly count: number },
	): Promise<readonly string[]> {
		const { bucket, names } = this.#ctx;
		return bucket.partUrls(names.result(key), uploadId, parts);
	}

	write(key: string, chunks: AsyncIterable<Uint8Array>): Promise<Written> {
		return this.#uploads.write(key, chunks);
	}

	commit(
		key: string,
		expected: Expected,
		arrived?: Arrived,
	): Promise<StoredObject> {
		return this.#uploads.commit(key, expected, arrived);
	}

	abort(key: string): Promise<void> {
		return this.#uploads.abort(key);
	}

	async put(upload: Upload, bytes: Uint8Array): Promise<StoredObject> {
		const { bucket, names, clock, tally, turns, stored } = this.#ctx;
		const { key } = upload;
		const name = names.result(key);
		return turns.of(key, async () => {
			await this.#uploads.forget(key);
			const createdAt = clock.now();
			const object = { ...upload, ...hashed(bytes), createdAt };
			using change = await tally.change(cellOf(key));
			await bucket.put(name, bytes, factHeaders(object));
			const before = stored.get(key);
			if (before !== undefined) change.add(-before, -1);
			stored.set(key, bytes.length);
			change.add(bytes.length, 1);
			return object;
		});
	}

	stat(key: string): Promise<StoredObject | undefined> {
		return statResult(this.#ctx, key);
	}

	async open(key: string, range?: ByteRange): Promise<Readable | undefined> {
		const { bucket, names } = this.#ctx;
		return bucket.open(
			names.result(key),
			range && { start: range.start, length: range.end - range.start + 1 },
		);
	}

	async delete(key: string): Promise<void> {
		const { names, turns } = this.#ctx;
		names.result(key);
		return turns.of(key, () => removeResult(this.#ctx, key));
	}

	list(after?: string): AsyncIterable<ListedObject> {
		return listResults(this.#ctx, after);
	}

	listUploads(): AsyncIterable<PendingUpload> {
		return listUploads(this.#ctx);
	}

	usage(): Usage {
		return this.#ctx.tally.usage();
	}

	recount(): Promise<void> {
		return this.#ctx.tally.again();
	}

	counted(): Promise<void> {
		return this.#ctx.tally.counted();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#uploads[Symbol.asyncDispose]();
		this.#ctx.tally.stop();
	}
}
