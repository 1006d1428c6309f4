import { LRUCache } from "lru-cache";
import type { Clock } from "../../platform/clock.ts";
import { fault } from "../../platform/faults.ts";
import type { StoredObject } from "../objects.ts";
import { openTally, type Tally } from "../tally.ts";
import type { Bucket } from "./bucket.ts";
import {
	decodeFacts,
	encodeFacts,
	type Facts,
	factsIn,
	objectOf,
} from "./facts.ts";
import type { Names } from "./names.ts";
import { openTurns, type Turns } from "./turns.ts";

/** What staging on S3 is made with. */
export interface S3Parts {
	readonly bucket: Bucket;
	readonly names: Names;
	readonly clock: Clock;
}

/** The same, and what it keeps in memory. */
export interface S3Context extends S3Parts {
	readonly tally: Tally;
	/** What concerns one key is done one after the other. */
	readonly turns: Turns;
	/** Lengths of objects that were stored here lately. */
	readonly stored: LRUCache<string, number>;
}

const REMEMBERED = 10_000;
/** What is counted as one: the keys with the same first character. */
const CELLS = [
	..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
];
export const cellOf = (key: string): string => key.slice(0, 1);

export function s3Context(parts: S3Parts): S3Context {
	const { bucket, names } = parts;
	const tally = openTally({
		pieces: () => Promise.resolve(CELLS),
		async count(cell) {
			const counted = { bytes: 0, objects: 0 };
			for await (const { length } of bucket.list(names.results + cell)) {
				counted.bytes += length;
				counted.objects += 1;
			}
			return counted;
		},
	});
	const stored = new LRUCache<string, number>({ max: REMEMBERED });
	return { ...parts, tally, turns: openTurns(), stored };
}

/** What is noted of a large object or an upload; undefined when there is nothing. */
export async function readFacts(
	{ bucket, names }: S3Parts,
	key: string,
): Promise<Facts | undefined> {
	const bytes = await bucket.read(names.facts(key));
	return bytes && decodeFacts(bytes, key);
}

export async function noteFacts(
	{ bucket, names }: S3Parts,
	facts: Facts,
): Promise<void> {
	await bucket.put(names.facts(facts.key), encodeFacts(facts), {
		"content-type": "application/json",
	});
}

/** The object with all that is known of it; undefined when there is none. */
export async function statResult(
	ctx: S3Parts,
	key: string,
): Promise<StoredObject | undefined> {
	const found = await ctx.bucket.head(ctx.names.result(key));
	if (found === undefined) return undefined;
	const facts = factsIn(found.metaData, key) ?? (await readFacts(ctx, key));
	return facts?.length === found.size ? objectOf(facts) : undefined;
}

/** Removes an object and its facts, if there is one. */
export async function removeResult(
	{ bucket, names, tally, stored }: S3Context,
	key: string,
): Promise<void> {
	const name = names.result(key);
	using change = await tally.change(cellOf(key));
	const found = await bucket.head(name);
	if (found === undefined) return;
	await bucket.remove([names.facts(key), name]);
	stored.delete(key);
	change.add(-found.size, -1);
}

export const noUpload = (key: string) => fault("NOT_FOUND", `no upload ${key}`);
