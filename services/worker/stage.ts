import { create } from "@bufbuild/protobuf";
import { WriteRequestSchema } from "../../gen/polytope/staging/v1/staging_pb.js";
import {
	type StagedResult,
	StagedResultSchema,
} from "../../gen/polytope/store/v1/store_pb.js";
import { extensionOf } from "../platform/media-types.ts";
import type { WorkerContext } from "./context.ts";
import type { Retrieved } from "./datasources/datasource.ts";
import type { RunningAttempt } from "./running.ts";

/** Results up to this size go in one call. */
const SMALL = 64 * 1024;
/** Flushing a large result to disk takes its time. */
const COMMIT_MS = 10 * 60_000;

/**
 * Moves a result's bytes into staging at staging's pace; never more than a few chunks are in memory.
 * What was begun and failed is aborted here; what a dead worker leaves is found by the collector.
 */
export async function stage(
	{ staging }: Pick<WorkerContext, "staging">,
	attempt: RunningAttempt,
	retrieved: Retrieved,
): Promise<StagedResult> {
	const key = attempt.stagingKey;
	const upload = {
		key,
		mediaType: retrieved.mediaType,
		fileName: fileName(attempt.request.id, retrieved.mediaType),
	};
	const bytes = counted(attempt, retrieved.stream)[Symbol.asyncIterator]();
	try {
		const head = await readHead(bytes);
		if (head.ended) {
			const { object } = await staging.put({
				...upload,
				data: Buffer.concat(head.chunks),
			});
			return toResult(key, retrieved.mediaType, object);
		}
		// Short calls are heard to their end: one that is left half-way could still make what the abort below looks for.
		const { target } = await staging.begin({
			...upload,
			expectedLength: BigInt(retrieved.length ?? 0),
		});
		attempt.signal.throwIfAborted();
		const chunkSize = target.value?.chunkSize ?? SMALL;
		const written = await staging.write(
			writes(key, chunkSize, head.chunks, bytes),
			{ signal: attempt.signal },
		);
		const { object } = await staging.commit(
			{ key, length: written.length, sha256: written.sha256 },
			{ signal: attempt.signal, timeoutMs: COMMIT_MS },
		);
		return toResult(key, retrieved.mediaType, object);
	} catch (reason) {
		await bytes.return?.(undefined);
		await staging.abort({ key });
		throw reason;
	}
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

async function* writes(
	key: string,
	size: number,
	head: readonly Uint8Array[],
	rest: AsyncIterator<Uint8Array>,
) {
	yield create(WriteRequestSchema, { key });
	for (const chunk of head) yield* pieces(chunk, size);
	for (let next = await rest.next(); !next.done; next = await rest.next())
		yield* pieces(next.value, size);
}

function* pieces(chunk: Uint8Array, size: number) {
	for (let at = 0; at < chunk.length; at += size) {
		yield create(WriteRequestSchema, { chunk: chunk.subarray(at, at + size) });
	}
}

async function* counted(
	attempt: RunningAttempt,
	stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	for await (const chunk of stream) {
		attempt.signal.throwIfAborted();
		attempt.bytes += chunk.length;
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
