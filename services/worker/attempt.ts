import { ChangedFile } from "../../hypercube/bytes/changed.ts";
import { RequestError } from "../../hypercube/mars/errors.ts";
import type { MatchedRequest } from "../collections/match.ts";
import { faultOf } from "../platform/faults.ts";
import { ATTRIBUTE } from "../platform/telemetry/names.ts";
import { inSpan } from "../platform/telemetry/spans.ts";
import { archive } from "./archive.ts";
import type { WorkerContext } from "./context.ts";
import {
	type Datasource,
	DatasourceError,
	type Retrieved,
} from "./datasources/datasource.ts";
import type { RunningAttempt } from "./running.ts";
import type { Outcome } from "./settling.ts";
import { stage } from "./stage.ts";

/** Serves one attempt. Total: every way it can end is an outcome; undefined: somebody else has ended the request. */
export async function serve(
	ctx: WorkerContext,
	attempt: RunningAttempt,
): Promise<Outcome | undefined> {
	const tooSlow = setTimeout(
		() => attempt.stop("too slow"),
		timerMs(ctx.timeLimitMs(attempt.request.collection)),
	);
	try {
		const datasource = datasourceOf(ctx, attempt);
		const attributes = attributesOf(attempt);
		if (attempt.request.verb === "archive") {
			const archived = await inSpan(
				{ role: "worker", name: "archive", attributes },
				() => archive(ctx, attempt, datasource),
			);
			return { kind: "archived", archived };
		}
		const retrieved = await inSpan(
			{ role: "worker", name: "retrieve", attributes },
			() => retrieve(attempt, datasource),
		);
		attempt.fields = retrieved.fieldsRead ? 0 : (retrieved.fields ?? 0);
		const result = await inSpan(
			{ role: "worker", name: "stage", attributes },
			async (span) => {
				const staged = await stage(ctx, attempt, retrieved);
				attempt.fields = retrieved.fields ?? 0;
				span?.setAttributes({
					[ATTRIBUTE.bytes]: Number(staged.length),
					[ATTRIBUTE.fields]: attempt.fields,
				});
				return staged;
			},
		);
		return { kind: "processed", result };
	} catch (reason) {
		return afterFailure(ctx, attempt, reason);
	} finally {
		clearTimeout(tooSlow);
	}
}

const attributesOf = ({ request }: RunningAttempt) => ({
	[ATTRIBUTE.requestId]: request.id,
	[ATTRIBUTE.collection]: request.collection,
	[ATTRIBUTE.datasource]: request.datasource,
	[ATTRIBUTE.attempt]: request.attempt,
});

/** Node's timers end at 2³¹ − 1 ms. */
const timerMs = (ms: number): number => Math.min(ms, 2 ** 31 - 1);

function datasourceOf(
	ctx: WorkerContext,
	{ request }: RunningAttempt,
): Datasource {
	const datasource = ctx.datasource(request.collection, request.datasource);
	if (datasource === undefined)
		throw new DatasourceError(
			`Datasource ${request.datasource} of collection ${request.collection} is not offered any more.`,
		);
	return datasource;
}

function retrieve(
	{ request, signal }: RunningAttempt,
	datasource: Datasource,
): Promise<Retrieved> {
	const job = {
		requestId: request.id,
		posted: request.posted,
		postedJson: request.postedJson,
		retries: request.retries,
		// Written by the gateway from a MatchedRequest.
		request: JSON.parse(request.coerced) as MatchedRequest,
	};
	return datasource.retrieve(job, signal);
}

const NO_ROOM: Readonly<Record<string, string>> = {
	retrieve: "The result could not be staged: ",
	archive: "The data could not be archived: ",
};

function afterFailure(
	ctx: WorkerContext,
	attempt: RunningAttempt,
	reason: unknown,
): Outcome | undefined {
	if (attempt.signal.aborted) return afterStop(ctx, attempt);
	const again = ctx.retry.times > 0;
	if (
		reason instanceof DatasourceError &&
		again &&
		reason.retryAfter !== undefined
	)
		return {
			kind: "temporary",
			reason: reason.message,
			after: reason.retryAfter,
			ours: false,
		};
	if (reason instanceof ChangedFile && again)
		return { kind: "temporary", reason: reason.message, after: 0, ours: false };
	if (
		reason instanceof DatasourceError ||
		reason instanceof RequestError ||
		reason instanceof ChangedFile
	)
		return { kind: "failed", message: reason.message };
	const facts = {
		requestId: attempt.request.id,
		attempt: attempt.request.attempt,
		err: reason,
	};
	const known = faultOf(reason);
	if (known?.retry) {
		ctx.log.warn(
			{ event: "attempt.outage", ...facts },
			"the attempt met an outage and is given back",
		);
		return { kind: "temporary", reason: known.message, after: 0, ours: true };
	}
	if (known?.name === "FULL")
		return {
			kind: "failed",
			message: `${NO_ROOM[attempt.request.verb] ?? ""}${known.message}`,
		};
	ctx.log.error(
		{ event: "attempt.failed", ...facts },
		"the attempt failed for a reason of ours",
	);
	return {
		kind: "failed",
		message:
			"The request failed for a reason on the server's side; its operators have been told.",
	};
}

function afterStop(
	ctx: WorkerContext,
	attempt: RunningAttempt,
): Outcome | undefined {
	switch (attempt.signal.reason) {
		case "drained":
			return {
				kind: "released",
				reason: "its worker was stopped",
				uncounted: true,
			};
		case "too slow": {
			const seconds = Math.round(
				ctx.timeLimitMs(attempt.request.collection) / 1000,
			);
			return {
				kind: "failed",
				message: `The request took longer than the ${seconds} s that its collection allows.`,
			};
		}
		default:
			return undefined;
	}
}
