import type { ListedObject, PendingUpload } from "../objects.ts";
import type { S3Parts } from "./context.ts";

/** All results, in the order of their keys, after the one given. */
export async function* listResults(
	{ bucket, names }: S3Parts,
	after?: string,
): AsyncIterable<ListedObject> {
	const from = after === undefined ? "" : names.result(after);
	for await (const found of bucket.list(names.results, from)) {
		const key = names.keyOf(found.name);
		if (key === undefined) continue;
		yield { key, length: found.length, createdAt: found.storedAt };
	}
}

/** Uploads that were neither completed nor aborted, and what they have left behind. */
export async function* listUploads(ctx: S3Parts): AsyncIterable<PendingUpload> {
	const { bucket, names } = ctx;
	const told = new Set<string>();
	for await (const upload of bucket.uploads(names.results)) {
		const key = names.keyOf(upload.name);
		const parts = key && (await bucket.parts(upload.name, upload.id));
		if (key === undefined || !parts) continue;
		told.add(key);
		const times = parts.map(({ storedAt }) => storedAt);
		yield {
			key,
			length: parts.reduce((sum, { size }) => sum + size, 0),
			modifiedAt: Math.max(upload.begunAt, ...times),
		};
	}
	for await (const stray of strayFacts(ctx))
		if (!told.has(stray.key)) yield stray;
}

/** Facts without an object: of uploads, also of those that were thrown away by another process before they were noted. */
async function* strayFacts(ctx: S3Parts): AsyncIterable<PendingUpload> {
	const { bucket, names } = ctx;
	const objects = listResults(ctx)[Symbol.asyncIterator]();
	let object = await objects.next();
	for await (const { name, storedAt } of bucket.list(names.allFacts)) {
		const key = names.keyOfFacts(name);
		if (key === undefined) continue;
		while (!object.done && object.value.key < key)
			object = await objects.next();
		if (object.done || object.value.key !== key)
			yield { key, length: 0, modifiedAt: storedAt };
	}
}
