import { LRUCache } from "lru-cache";
import { fault } from "../../platform/faults.ts";
import { sendParts } from "../../platform/send-parts.ts";
import { differs, type Expected, whatDiffers } from "../agreement.ts";
import type {
	Arrived,
	Direct,
	StoredObject,
	Upload,
	Written,
} from "../objects.ts";
import { until } from "../until.ts";
import { type Arrival, arrivalOf, whatIsWrong } from "./arrival.ts";
import {
	cellOf,
	noteFacts,
	noUpload,
	readFacts,
	removeResult,
	type S3Context,
	statResult,
} from "./context.ts";
import { type Facts, objectOf, servedHeaders } from "./facts.ts";
import { partSizeFor, UNKNOWN_PART } from "./part-size.ts";

/** Parts that are sent at once when bytes come through us. */
const IN_FLIGHT = 3;
/** Milliseconds that the server may be away in the middle of them. */
const PATIENCE_MS = 30_000;
const REMEMBERED = 10_000;

/** Results that come in parts, until they are objects. What each call promises is said in objects.ts. */
export class S3Uploads implements AsyncDisposable {
	readonly #ctx: S3Context;
	/** Writes that run now, so that an abort ends them. */
	readonly #writing = new Map<string, AbortController>();
	/** Keys with an upload that was begun here. */
	readonly #begun = new LRUCache<string, true>({ max: REMEMBERED });

	constructor(ctx: S3Context) {
		this.#ctx = ctx;
	}

	async create(upload: Upload, length = 0): Promise<Direct> {
		const { bucket, names, turns } = this.#ctx;
		const { key } = upload;
		const name = names.result(key);
		return turns.of(key, async () => {
			await removeResult(this.#ctx, key);
			// An upload that another process began under this key is empty, and goes with the request: looking would cost more.
			if (this.#begun.has(key)) await this.#abortAll(key);
			const id = await bucket.begin(name, servedHeaders(upload));
			await noteFacts(this.#ctx, {
				...nothing(upload),
				upload: { id, parts: [] },
			});
			this.#begun.set(key, true);
			return { kind: "parts", uploadId: id, partSize: partSizeFor(length) };
		});
	}

	async write(
		key: string,
		chunks: AsyncIterable<Uint8Array>,
	): Promise<Written> {
		const begun = await readFacts(this.#ctx, key);
		if (begun?.upload === undefined) throw noUpload(key);
		if (this.#writing.has(key))
			throw fault("CONFLICT", `upload ${key} is already being written`);
		const stop = new AbortController();
		this.#writing.set(key, stop);
		try {
			const { id } = begun.upload;
			const { parts, ...sent } = await this.#send(key, id, chunks, stop.signal);
			const written = { ...sent, md5: "" };
			const createdAt = this.#ctx.clock.now();
			const upload = { id, parts: [...parts] };
			await noteFacts(this.#ctx, { ...begun, ...written, createdAt, upload });
			return written;
		} catch (reason) {
			throw stop.signal.aborted ? noUpload(key) : reason;
		} finally {
			if (this.#writing.get(key) === stop) this.#writing.delete(key);
		}
	}

	async #send(
		key: string,
		id: string,
		chunks: AsyncIterable<Uint8Array>,
		signal: AbortSignal,
	) {
		const { bucket, names } = this.#ctx;
		const name = names.result(key);
		const sent = await sendParts(until(signal, chunks), {
			partSize: UNKNOWN_PART,
			inFlight: IN_FLIGHT,
			patienceMs: PATIENCE_MS,
			signal,
			urlOf: async (first) =>
				(await bucket.partUrls(name, id, { first, count: 1 }))[0] ?? "",
		});
		signal.throwIfAborted();
		return sent;
	}

	commit(
		key: string,
		expected: Expected,
		arrived?: Arrived,
	): Promise<StoredObject> {
		const { bucket, names, turns, clock } = this.#ctx;
		return turns.of(key, async () => {
			const begun = await readFacts(this.#ctx, key);
			if (begun === undefined) return this.#committed(key, expected, begun);
			const said = { arrived, now: clock.now() };
			const arrival = arrivalOf(begun, expected, said);
			if (arrival === undefined)
				throw fault("CONFLICT", `upload ${key} is no file`);
			const stored = await bucket.parts(names.result(key), arrival.uploadId);
			if (stored === undefined) return this.#committed(key, expected, begun);
			const wrong = whatIsWrong(arrival, stored, expected);
			if (wrong !== undefined) {
				await this.#throwAway(key);
				throw fault("CONFLICT", wrong);
			}
			if (arrived !== undefined) await noteFacts(this.#ctx, arrival.facts);
			return this.#complete(arrival, expected);
		});
	}

	async #complete(
		{ uploadId, parts, facts }: Arrival,
		expected: Expected,
	): Promise<StoredObject> {
		const { bucket, names, tally, stored } = this.#ctx;
		const { key, length } = facts;
		using change = await tally.change(cellOf(key));
		const done = await bucket.complete(names.result(key), uploadId, parts);
		if (!done) return this.#committed(key, expected, facts);
		this.#begun.delete(key);
		stored.set(key, length);
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
		const object = await statResult(this.#ctx, key);
		if (object === undefined)
			throw facts?.sha256 ? stillJoining(key) : noUpload(key);
		if (differs(object, expected))
			throw fault("CONFLICT", whatDiffers(object, expected));
		return object;
	}

	async abort(key: string): Promise<void> {
		const { names, turns } = this.#ctx;
		names.result(key);
		this.#writing.get(key)?.abort();
		this.#writing.delete(key);
		await turns.of(key, () => this.#throwAway(key));
	}

	/** To be called in the key's turn, before something else is stored under it. */
	async forget(key: string): Promise<void> {
		if (this.#begun.has(key)) await this.#throwAway(key);
	}

	/** Ends uploads under a key; facts of an object stay. They go first: an upload without facts is still found. */
	async #throwAway(key: string): Promise<void> {
		const { bucket, names } = this.#ctx;
		const object = await bucket.head(names.result(key));
		if (object === undefined) await bucket.remove([names.facts(key)]);
		await this.#abortAll(key);
		this.#begun.delete(key);
	}

	async #abortAll(key: string): Promise<void> {
		const { bucket, names } = this.#ctx;
		const name = names.result(key);
		for await (const upload of bucket.uploads(name))
			if (upload.name === name) await bucket.abort(name, upload.id);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const stop of this.#writing.values()) stop.abort();
	}
}

/** What is known of an upload of which nothing has come. */
const nothing = ({ key, mediaType, fileName }: Upload): StoredObject => ({
	key,
	mediaType,
	fileName,
	length: 0,
	sha256: "",
	md5: "",
	createdAt: 0,
});

const stillJoining = (key: string) =>
	fault("UNAVAILABLE", `upload ${key} is still being joined; ask again`);
