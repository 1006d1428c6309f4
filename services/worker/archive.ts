import { createHash } from "node:crypto";
import type { Input } from "../../gen/polytope/store/v1/store_pb.js";
import type { MatchedRequest } from "../collections/match.ts";
import { faultOf } from "../platform/faults.ts";
import { FetchError, openUrl } from "../platform/fetch/fetch.ts";
import type { WorkerContext } from "./context.ts";
import {
	type Archived,
	type Datasource,
	DatasourceError,
} from "./datasources/datasource.ts";
import { counted, type RunningAttempt } from "./running.ts";

/** Puts a request's data, uploaded or fetched, into its datasource. Data flows through; it is never whole in memory. */
export async function archive(
	ctx: WorkerContext,
	attempt: RunningAttempt,
	datasource: Datasource,
): Promise<Archived> {
	const { request, signal } = attempt;
	if (datasource.archive === undefined)
		throw new DatasourceError(
			`Datasource ${request.datasource} takes no data any more.`,
		);
	const archived = await datasource.archive(
		{
			requestId: request.id,
			attempt: request.attempt,
			// Written by the gateway from a MatchedRequest.
			request: JSON.parse(request.coerced) as MatchedRequest,
			data: counted(attempt, { stream: dataOf(ctx, attempt) }),
		},
		signal,
	);
	attempt.fields = archived.fields;
	return archived;
}

/** The staged data of a request that needs it no more. What stays is found by the collector. */
export async function removeInput(
	{ staging, log }: WorkerContext,
	{ request }: RunningAttempt,
): Promise<void> {
	if (request.input === undefined) return;
	try {
		await staging.delete({ keys: [request.input.key] });
	} catch (reason) {
		log.warn(
			{ event: "input.stays", requestId: request.id, err: reason },
			"data that was archived stays in staging for now",
		);
	}
}

function dataOf(
	ctx: WorkerContext,
	{ request, signal }: RunningAttempt,
): AsyncIterable<Uint8Array> {
	if (request.url !== "") return fetched(ctx, request.url, signal);
	if (request.input === undefined)
		throw new DatasourceError("The data was not uploaded.");
	return staged(ctx, request.input, signal);
}

async function* fetched(
	{ fetch }: WorkerContext,
	url: string,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	try {
		const { stream } = await openUrl(url, { ...fetch, signal });
		yield* stream;
	} catch (reason) {
		if (reason instanceof FetchError)
			throw new DatasourceError(reason.message, { retry: reason.temporary });
		throw reason;
	}
}

/** The bytes as they were uploaded, or an error. */
async function* staged(
	{ staging }: WorkerContext,
	{ key, length, sha256 }: Input,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	const hash = createHash("sha256");
	let read = 0n;
	// Whoever breaks off must say so: a stream that is only left stays open at staging.
	const left = new AbortController();
	const ending = AbortSignal.any([signal, left.signal]);
	try {
		const stream = staging.read({ key }, { signal: ending });
		for await (const { chunk } of stream) {
			hash.update(chunk);
			read += BigInt(chunk.length);
			yield chunk;
		}
	} catch (reason) {
		if (faultOf(reason)?.name === "NOT_FOUND")
			throw new DatasourceError(
				"The uploaded data is not there any more: submit the request again.",
			);
		throw reason;
	} finally {
		left.abort();
	}
	if (read !== length || hash.digest("hex") !== sha256)
		throw new Error(`staging gave other bytes than were uploaded as ${key}`);
}
