import { create } from "@bufbuild/protobuf";
import type { BeginResponse } from "../../gen/polytope/staging/v1/staging_pb.js";
import {
	type StagedResult,
	StagedResultSchema,
} from "../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../platform/faults.ts";
import { extensionOf } from "../platform/media-types.ts";
import { callPatiently } from "./call-patiently.ts";
import type { WorkerContext } from "./context.ts";
import type { Retrieved } from "./datasources/datasource.ts";
import { counted, type RunningAttempt } from "./running.ts";
import { sendToFile } from "./send-file.ts";
import { sendPresigned } from "./send-presigned.ts";
import { sendStream } from "./send-stream.ts";
import type { Sending, SentResult } from "./sending.ts";

/** Results up to this size go in one call. */
const SMALL = 1024 * 1024;
/** Bytes of a message when staging does not say. */
const CHUNK = 64 * 1024;
/** Flushing a large result to disk takes its time. */
const COMMIT_MS = 10 * 60_000;

export type StageContext = Pick<
	WorkerContext,
	"staging" | "log" | "patienceMs" | "permits"
>;

/**
 * Moves a result's bytes into staging at staging's pace, by the shortest way there is; never more than a few chunks or
 * parts are in memory. What was begun and failed is aborted here; what a dead worker leaves is found by the collector.
 */
export async function stage(
	{ staging, log, patienceMs, permits }: StageContext,
	attempt: RunningAttempt,
	retrieved: Retrieved,
): Promise<StagedResult> {
	const key = attempt.stagingKey;
	const { signal } = attempt;
	const patience = { signal, patienceMs };
	const upload = {
		key,
		mediaType: retrieved.mediaType,
		fileName: fileName(attempt.request.id, retrieved.mediaType),
		traceparent: attempt.request.traceparent,
	};
	const bytes = counted(attempt, retrieved)[Symbol.asyncIterator]();
	try {
		const head = await readHead(bytes);
		if (head.ended) {
			const data = Buffer.concat(head.chunks);
			const { object } = await callPatiently(patience, () =>
				staging.put({ ...upload, data }),
			);
			return toResult(key, retrieved.mediaType, object);
		}
		const expectedLength = BigInt(retrieved.length ?? 0);
		// Short calls are heard to their end: one that is left half-way could still make what the abort below looks for.
		const begun = await callPatiently(patience, () =>
			staging.begin({ ...upload, expectedLength }),
		);
		signal.throwIfAborted();
		const chunks = limited(begun.maxLength, rejoined(head.chunks, bytes));
		const sent = await send(
			{ staging, key, chunks, permits, ...patience },
			begun,
		);
		const { object } = await callPatiently(patience, () =>
			staging.commit({ key, ...sent }, { signal, timeoutMs: COMMIT_MS }),
		);
		return toResult(key, retrieved.mediaType, object);
	} catch (reason) {
		await bytes.return?.(undefined);
		await giveUp({ staging, log }, attempt);
		throw reason;
	}
}

/** Whether or not staging hears: the reason why the upload ends must not be lost. */
async function giveUp(
	{ staging, log }: Pick<WorkerContext, "staging" | "log">,
	{ request, stagingKey }: RunningAttempt,
): Promise<void> {
	try {
		await staging.abort({ key: stagingKey });
	} catch (reason) {
		log.warn(
			{ event: "abort.failed", requestId: request.id, err: reason },
			"an upload could not be thrown away; the collector will find it",
		);
	}
}

/** The file when its disk is ours too, else what staging says is best. */
async function send(
	sending: Sending,
	{ file, target }: BeginResponse,
): Promise<SentResult> {
	const direct = file && (await sendToFile(sending, file));
	if (direct !== undefined) return direct;
	if (target.case === "parts") return sendPresigned(sending, target.value);
	return sendStream(sending, target.value?.chunkSize ?? CHUNK);
}

async function readHead(
	bytes: AsyncIterator<Uint8Array>,
): Promise<{ chunks: Uint8Array[]; ended: boolean }> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	while (size <= SMALL) {
		const next = await bytes.next();
		if (next.done) return { chunks, ended: true };
		chunks.push(next.value);
		size += next.value.length;
	}
	return { chunks, ended: false };
}

async function* rejoined(
	head: readonly Uint8Array[],
	rest: AsyncIterator<Uint8Array>,
): AsyncIterable<Uint8Array> {
	yield* head;
	for (let next = await rest.next(); !next.done; next = await rest.next())
		yield next.value;
}

/** Throws FULL when more comes than staging takes of one result. */
async function* limited(
	most: bigint,
	chunks: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
	let left = most === 0n ? Number.POSITIVE_INFINITY : Number(most);
	for await (const chunk of chunks) {
		left -= chunk.length;
		if (left < 0)
			throw fault(
				"FULL",
				`it is larger than the ${most} bytes that staging takes of one result now; ask for less at once`,
			);
		yield chunk;
	}
}

function toResult(
	key: string,
	mediaType: string,
	object: { length: bigint; sha256: string; md5: string } | undefined,
): StagedResult {
	if (object === undefined) throw new Error("staging committed no object");
	return create(StagedResultSchema, {
		key,
		mediaType,
		length: object.length,
		sha256: object.sha256,
		md5: object.md5,
	});
}

const fileName = (requestId: string, mediaType: string): string =>
	`${requestId}.${extensionOf(mediaType)}`;
