import type { Readable } from "node:stream";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../platform/clock.ts";
import { fault } from "../../platform/faults.ts";
import { sendParts } from "../../platform/send-parts.ts";
import { differs, type Expected, whatDiffers } from "../agreement.ts";
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
import { openTally, type Tally } from "../tally.ts";
import { until } from "../until.ts";
import type { Bucket } from "./bucket.ts";
import {
	decodeFacts,
	encodeFacts,
	type Facts,
	factHeaders,
	factsIn,
	objectOf,
	servedHeaders,
} from "./facts.ts";
import type { Names } from "./names.ts";
import { openTurns, type Turns } from "./turns.ts";

const MIB = 2 ** 20;
/** Parts of a result whose length is known, and fits so many of them. */
const PART = 8 * MIB;
/** Parts when nobody knows what is to come: 10 000 of them are 156 GiB. */
const UNKNOWN_PART = 16 * MIB;
/** S3's own limit. */
const MOST_PARTS = 10_000;
/** Parts that are sent at once when bytes come through us. */
const IN_FLIGHT = 3;
/** Milliseconds that the server may be away in the middle of them. */
const PATIENCE_MS = 30_000;
/** Objects stored here lately, whose length is known without asking. */
const REMEMBERED = 10_000;

/** What is counted as one: the keys with the same first character. */
const CELLS = [
	..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
];
const cellOf = (key: string): string => key.slice(0, 1);

export interface S3Parts {
	readonly bucket: Bucket;
	readonly names: Names;
	readonly clock: Clock;
}

/**
 * Staged results in a bucket. A small one is one object that holds its facts in its headers. A large one is an upload in
 * parts, which whoever makes the result sends to S3 directly; its facts are an object of their own, see facts.ts. What is
 * completed is seen, what is not is not: S3 sees to that.
 */
export function openS3Objects(parts: S3Parts): Objects {
	return new S3Objects(parts);
}

class S3Objects implements Objects {
	readonly #bucket: Bucket;
	readonly #names: Names;
	readonly #clock: Clock;
	readonly #tally: Tally;
	/** Writes that run now, so that an abort ends them. */
	readonly #writing = new Map<string, AbortController>();
	/** Lengths of objects that were stored here. */
	readonly #stored = new LRUCache<string, number>({ max: REMEMBERED });
	/** Keys with an upload that was begun here. */
	readonly #begun = new LRUCache<string, true>({ max: REMEMBERED });
	readonly #turns: Turns = openTurns();

	constructor({ bucket, names, clock }: S3Parts) {
		this.#bucket = bucket;
		this.#names = names;
		this.#clock = clock;
		this.#tally = openTally({
			pieces: () => Promise.resolve(CELLS),
			count: (cell) => this.#count(cell),
		});
	}

	async #count(cell: string): Promise<{ bytes: number; objects: number }> {
		let bytes = 0;
		let objects = 0;
		for await (const { length } of this.#bucket.list(
			this.#names.results + cell,
		)) {
			bytes += length;
			objects += 1;
		}
		return { bytes, objects };
	}

	async create(upload: Upload, length = 0): Promise<Direct> {
		const { key } = upload;
		const name = this.#names.result(key);
		return this.#turns.of(key, async () => {
			await this.#remove(key);
			// An upload that another process began under this key is empty, and goes with the request: looking would cost more.
			if (this.#begun.has(key)) await this.#abortUploads(key);
			const id = await this.#bucket.begin(name, servedHeaders(upload));
			await this.#note({ ...nothing(upload), upload: { id, parts: [] } });
			this.#begun.set(key, true);
			return { kind: "parts", uploadId: id, partSize: partSizeFor(length) };
		});
	}

	async partUrls(
		key: string,
		uploadId: string,
		parts: { readonly first: number; readonly count: number },
	): Promise<readonly string[]> {
		return this.#bucket.partUrls(this.#names.result(key), uploadId, parts);
	}

	async write(
		key: string,
		chunks: AsyncIterable<Uint8Array>,
	): Promise<Written> {
		const begun = await this.#facts(key);
		if (begun?.upload === undefined) throw noUpload(key);
		const { id } = begun.upload;
		if (this.#writing.has(key))
			throw fault("CONFLICT", `upload ${key} is already being written`);
		const stop = new AbortController();
		this.#writing.set(key, stop);
		try {
			const { parts, ...sent } = await sendParts(until(stop.signal, chunks), {
				partSize: UNKNOWN_PART,
				inFlight: IN_FLIGHT,
				patienceMs: PATIENCE_MS,
				signal: stop.signal,
				urlOf: async (first) =>
					(await this.partUrls(key, id, { first, count: 1 }))[0] ?? "",
			});
			if (stop.signal.aborted) throw noUpload(key);
			const written = { ...sent, md5: "" };
			const createdAt = this.#clock.now();
			await this.#note({
				...begun,
				...written,
				createdAt,
				upload: { id, parts: [...parts] },
			});
			return written;
		} catch (reason) {
			throw stop.signal.aborted ? noUpload(key) : reason;
		} finally {
			if (this.#writing.get(key) === stop) this.#writing.delete(key);
		}
	}

	commit(
		key: string,
		expected: Expected,
		arrived?: Arrived,
	): Promise<StoredObject> {
		return this.#turns.of(key, async () => {
			const begun = await this.#facts(key);
			const upload = begun?.upload;
			const parts =
				upload &&
				(await this.#bucket.parts(this.#names.result(key), upload.id));
			if (begun === undefined || upload === undefined || parts === undefined)
				return this.#committed(key, expected, begun);
			const said = arrived ? this.#said(begun, expected, arrived) : begun;
			const wanted = said?.upload?.parts ?? [];
			const sizes = new Map(parts.map(({ number, size }) => [number, size]));
			const length = wanted.reduce(
				(sum, { number }) => sum + (sizes.get(number) ?? Number.NaN),
				0,
			);
			if (said === undefined || wanted.length === 0) {
				await this.#throwAway(key);
				throw fault("CONFLICT", `upload ${key} was not written to its end`);
			}
			const object = { ...objectOf(said), length };
			if (differs(object, expected)) {
				await this.#throwAway(key);
				throw fault("CONFLICT", whatDiffers(object, expected));
			}
			if (arrived) await this.#note(said);
			return this.#complete(said, wanted, expected);
		});
	}

	/** The facts of an upload whose parts went to S3 directly, as their sender has them. */
	#said(begun: Facts, expected: Expected, arrived: Arrived): Facts | undefined {
		if (arrived.kind !== "parts" || arrived.uploadId !== begun.upload?.id)
			return undefined;
		return {
			...begun,
			length: expected.length,
			sha256: expected.sha256 ?? "",
			createdAt: this.#clock.now(),
			upload: { id: arrived.uploadId, parts: [...arrived.parts] },
		};
	}

	async #complete(
		facts: Facts,
		parts: NonNullable<Facts["upload"]>["parts"],
		expected: Expected,
	): Promise<StoredObject> {
		const { key, length } = facts;
		using change = await this.#tally.change(cellOf(key));
		const done = await this.#bucket.complete(
			this.#names.result(key),
			facts.upload?.id ?? "",
			parts,
		);
		if (!done) return this.#committed(key, expected, facts);
		this.#begun.delete(key);
		this.#stored.set(key, length);
		change.add(length, 1);
		return objectOf(facts);
	}

	/**
	 * What was committed before, if it is the same. An upload that has gone, though its facts were noted and nobody threw
	 * them away, is being joined at this moment, on behalf of a call that was not heard to its end.
	 */
	async #committed(
		key: string,
		expected: Expected,
		facts: Facts | undefined,
	): Promise<StoredObject> {
		const object = await this.stat(key);
		if (object === undefined)
			throw facts?.sha256 ? stillJoining(key) : noUpload(key);
		if (differs(object, expected))
			throw fault("CONFLICT", whatDiffers(object, expected));
		return object;
	}

	async put(upload: Upload, bytes: Uint8Array): Promise<StoredObject> {
		const { key } = upload;
		const name = this.#names.result(key);
		return this.#turns.of(key, async () => {
			if (this.#begun.has(key)) await this.#throwAway(key);
			const createdAt = this.#clock.now();
			const object = { ...upload, ...hashed(bytes), createdAt };
			using change = await this.#tally.change(cellOf(key));
			await this.#bucket.put(name, bytes, factHeaders(object));
			const before = this.#stored.get(key);
			if (before !== undefined) change.add(-before, -1);
			this.#stored.set(key, bytes.length);
			change.add(bytes.length, 1);
			return object;
		});
	}

	async abort(key: string): Promise<void> {
		this.#names.result(key);
		this.#writing.get(key)?.abort();
		this.#writing.delete(key);
		await this.#turns.of(key, () => this.#throwAway(key));
	}

	/** Ends uploads under a key; facts of an object stay. They go first: an upload without facts is still found. */
	async #throwAway(key: string): Promise<void> {
		const object = await this.#bucket.head(this.#names.result(key));
		if (object === undefined)
			await this.#bucket.remove([this.#names.facts(key)]);
		await this.#abortUploads(key);
		this.#begun.delete(key);
	}

	async #abortUploads(key: string): Promise<void> {
		const name = this.#names.result(key);
		for await (const upload of this.#bucket.uploads(name))
			if (upload.name === name) await this.#bucket.abort(name, upload.id);
	}

	async stat(key: string): Promise<StoredObject | undefined> {
		const found = await this.#bucket.head(this.#names.result(key));
		if (found === undefined) return undefined;
		const facts = factsIn(found.metaData, key) ?? (await this.#facts(key));
		return facts?.length === found.size ? objectOf(facts) : undefined;
	}

	async open(key: string, range?: ByteRange): Promise<Readable | undefined> {
		return this.#bucket.open(
			this.#names.result(key),
			range && { start: range.start, length: range.end - range.start + 1 },
		);
	}

	async delete(key: string): Promise<void> {
		this.#names.result(key);
		return this.#turns.of(key, () => this.#remove(key));
	}

	async #remove(key: string): Promise<void> {
		const name = this.#names.result(key);
		using change = await this.#tally.change(cellOf(key));
		const found = await this.#bucket.head(name);
		if (found === undefined) return;
		await this.#bucket.remove([this.#names.facts(key), name]);
		this.#stored.delete(key);
		change.add(-found.size, -1);
	}

	async *list(after?: string): AsyncIterable<ListedObject> {
		const { results } = this.#names;
		const from = after === undefined ? "" : this.#names.result(after);
		for await (const found of this.#bucket.list(results, from)) {
			const key = this.#names.keyOf(found.name);
			if (key === undefined) continue;
			yield { key, length: found.length, createdAt: found.storedAt };
		}
	}

	async *listUploads(): AsyncIterable<PendingUpload> {
		const told = new Set<string>();
		for await (const upload of this.#bucket.uploads(this.#names.results)) {
			const key = this.#names.keyOf(upload.name);
			const parts = key && (await this.#bucket.parts(upload.name, upload.id));
			if (key === undefined || !parts) continue;
			told.add(key);
			yield {
				key,
				length: parts.reduce((sum, { size }) => sum + size, 0),
				modifiedAt: Math.max(
					upload.begunAt,
					...parts.map(({ storedAt }) => storedAt),
				),
			};
		}
		for await (const stray of this.#strayFacts())
			if (!told.has(stray.key)) yield stray;
	}

	/** Facts without an object: of uploads, also of those that were thrown away by another process before they were noted. */
	async *#strayFacts(): AsyncIterable<PendingUpload> {
		const objects = this.list()[Symbol.asyncIterator]();
		let object = await objects.next();
		for await (const { name, storedAt } of this.#bucket.list(
			this.#names.allFacts,
		)) {
			const key = this.#names.keyOfFacts(name);
			if (key === undefined) continue;
			while (!object.done && object.value.key < key)
				object = await objects.next();
			if (object.done || object.value.key !== key)
				yield { key, length: 0, modifiedAt: storedAt };
		}
	}

	usage(): Usage {
		return this.#tally.usage();
	}

	recount(): Promise<void> {
		return this.#tally.again();
	}

	counted(): Promise<void> {
		return this.#tally.counted();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const stop of this.#writing.values()) stop.abort();
		this.#tally.stop();
	}

	async #facts(key: string): Promise<Facts | undefined> {
		const bytes = await this.#bucket.read(this.#names.facts(key));
		return bytes && decodeFacts(bytes, key);
	}

	async #note(facts: Facts): Promise<void> {
		await this.#bucket.put(this.#names.facts(facts.key), encodeFacts(facts), {
			"content-type": "application/json",
		});
	}
}

/** What is known of an upload of which nothing has come. */
const nothing = (upload: Upload): StoredObject => ({
	key: upload.key,
	mediaType: upload.mediaType,
	fileName: upload.fileName,
	length: 0,
	sha256: "",
	md5: "",
	createdAt: 0,
});

/** Bytes of a part, so that a result of this length, 0 if unknown, has few enough of them. */
function partSizeFor(length: number): number {
	if (length === 0) return UNKNOWN_PART;
	return Math.max(PART, Math.ceil(length / MOST_PARTS / MIB) * MIB);
}

const stillJoining = (key: string) =>
	fault("UNAVAILABLE", `upload ${key} is still being joined; ask again`);

const noUpload = (key: string) => fault("NOT_FOUND", `no upload ${key}`);
