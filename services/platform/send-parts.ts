import { createHash } from "node:crypto";
import { fault } from "./faults.ts";
import type { Permits } from "./permits.ts";
import { type PutEnd, putPart } from "./put-part.ts";
import { pause } from "./wait.ts";

export interface PartsOptions {
	/** Bytes of every part but the last. */
	readonly partSize: number;
	/** Parts that are on their way at once; one more is being gathered: so many are in memory. */
	readonly inFlight: number;
	/** Each part on its way beside another one needs one of these, so that many streams at once stay within bounds. */
	readonly permits?: Permits;
	/** Where a part goes, from 1 on; `again`: the former address was refused. */
	readonly urlOf: (part: number, again: boolean) => Promise<string>;
	/** Milliseconds over which one part is tried again while the other side is away. */
	readonly patienceMs: number;
	readonly signal: AbortSignal;
}

/** What was sent, as it left here. */
export interface Sent {
	readonly length: number;
	/** Lower-case hexadecimal. */
	readonly sha256: string;
	/** In order. */
	readonly parts: readonly SentPart[];
}

export interface SentPart {
	readonly number: number;
	readonly etag: string;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A new address may be refused once more when it expired on its way; then it is no question of age. */
const REFUSALS = 2;

/**
 * Sends a stream as the parts of an S3 upload, several at once, each tried again by itself. The source is read no faster
 * than parts leave. Hashed on the way: here the bytes are what the datasource said.
 *
 * @throws the stream's own error; UNAVAILABLE when the other side stayed away or refuses; NOT_FOUND when the upload was
 *   aborted; FULL; the signal's reason. No part is on its way any more then.
 */
export async function sendParts(
	chunks: AsyncIterable<Uint8Array>,
	options: PartsOptions,
): Promise<Sent> {
	const failed = new AbortController();
	const signal = AbortSignal.any([options.signal, failed.signal]);
	const sha256 = createHash("sha256");
	const parts: SentPart[] = [];
	const sending = new Set<Promise<void>>();
	let length = 0;
	const send = async (part: readonly Uint8Array[]): Promise<void> => {
		const permitted = await mayLeave();
		if (signal.aborted && permitted) options.permits?.give();
		signal.throwIfAborted();
		const number = parts.length + 1;
		const place: { number: number; etag: string } = { number, etag: "" };
		parts.push(place);
		const work = sendPart(number, part, { ...options, signal }).then((etag) => {
			place.etag = etag;
		});
		const settled = work
			.catch((reason: unknown) => failed.abort(reason))
			.finally(() => {
				if (permitted) options.permits?.give();
				sending.delete(settled);
			});
		sending.add(settled);
	};
	/** Waits until one more part may leave; tells whether it holds a permit. */
	const mayLeave = async (): Promise<boolean> => {
		while (sending.size > 0) {
			const { inFlight, permits } = options;
			if (sending.size < inFlight && (permits?.take() ?? true)) return true;
			await Promise.race(sending);
		}
		return false;
	};
	try {
		for await (const part of inParts(chunks, options.partSize)) {
			for (const chunk of part) {
				sha256.update(chunk);
				length += chunk.length;
			}
			await send(part);
		}
		if (parts.length === 0) await send([]);
		await Promise.all(sending);
		signal.throwIfAborted();
		return { length, sha256: sha256.digest("hex"), parts };
	} catch (reason) {
		failed.abort(reason);
		await Promise.all(sending);
		throw reason;
	}
}

/** Chunks, gathered and cut to parts of exactly one size; the last one has what is left. Nothing is copied. */
async function* inParts(
	chunks: AsyncIterable<Uint8Array>,
	size: number,
): AsyncIterable<readonly Uint8Array[]> {
	let part: Uint8Array[] = [];
	let room = size;
	for await (const chunk of chunks) {
		for (let at = 0; at < chunk.length; ) {
			const piece = chunk.subarray(at, at + room);
			part.push(piece);
			at += piece.length;
			room -= piece.length;
			if (room > 0) continue;
			yield part;
			part = [];
			room = size;
		}
	}
	if (part.length > 0) yield part;
}

async function sendPart(
	number: number,
	chunks: readonly Uint8Array[],
	{ urlOf, signal, patienceMs }: PartsOptions,
): Promise<string> {
	const end = performance.now() + patienceMs;
	let url = await urlOf(number, false);
	let refusals = 0;
	for (
		let wait = FIRST_PAUSE_MS;
		;
		wait = Math.min(wait * 2, LONGEST_PAUSE_MS)
	) {
		const ended = await putPart(url, chunks, signal);
		if (ended.kind === "stored") return ended.etag;
		if (ended.kind === "refused" && ++refusals > REFUSALS)
			throw unavailable(number, ended);
		const left = end - performance.now();
		if (left <= 0) throw unavailable(number, ended);
		await pause(Math.min(wait * (0.5 + Math.random()), left), signal);
		signal.throwIfAborted();
		if (ended.kind === "refused") url = await urlOf(number, true);
	}
}

const unavailable = (
	number: number,
	ended: Exclude<PutEnd, { kind: "stored" }>,
) => fault("UNAVAILABLE", `part ${number} could not be stored: ${ended.why}`);
