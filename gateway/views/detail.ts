import { type Duration, durationMs } from "@bufbuild/protobuf/wkt";
import { z } from "zod";
import {
	type ExplainResponse,
	Reason,
} from "../../gen/polytope/broker/v1/broker_pb.js";
import {
	type Request,
	Status,
	type Transition,
} from "../../gen/polytope/store/v1/store_pb.js";
import { isFinal, statusName } from "../../services/platform/lifecycle.ts";
import {
	historySchema,
	secondsOf,
	secondsSchema,
	transitionView,
} from "./request.ts";

const span = z.number().describe("Seconds.");

/** All that a user may know of one request. */
export const detailSchema = z.object({
	id: z.string(),
	collection: z.string(),
	verb: z.string(),
	datasource: z.string(),
	status: z
		.string()
		.describe(
			"waiting, uploading, queued, processing, processed, failed or cancelled.",
		),
	message: z.string().describe("What the server says of it; may be empty."),
	submitted: secondsSchema,
	modified: secondsSchema,
	history: historySchema.describe("Each status that it had, in order."),
	attempts: z
		.array(
			z.object({
				attempt: z.int(),
				queued: secondsSchema,
				begin: secondsSchema
					.nullable()
					.describe("When a worker began; null: none has."),
				end: secondsSchema.nullable(),
				outcome: z
					.string()
					.nullable()
					.describe(
						"processed, failed, cancelled, or waiting: it was given back. Null: it goes on.",
					),
				reason: z.string(),
			}),
		)
		.describe("Each try at serving it."),
	retries: z
		.int()
		.describe("How often it was tried again after a temporary fault."),
	not_before: secondsSchema
		.nullable()
		.describe("It is not tried again before this time."),
	waiting_for: z
		.object({
			code: z
				.string()
				.describe(
					"upload, deferred, paused, no-worker, user-limit, collection-limit, workers-busy, turn, next, dispatched or running; others may come.",
				),
			reason: z.string().describe("The same in words."),
		})
		.nullable()
		.describe("Null once it has ended, and while nobody can tell."),
	position: z
		.object({
			before: z.int().describe("Requests that are before it."),
			own: z.int().describe("How many of these are yours."),
			exact: z.boolean().describe("False: there are more."),
		})
		.nullable()
		.describe("In the queue; null when it is in none."),
	estimate: z
		.object({
			p50: span,
			p90: span,
			sample: z.int().describe("How many requests it is reckoned from."),
			since: secondsSchema,
		})
		.nullable()
		.describe(
			"From now until its end: half, and nine of ten, of the requests that were processed lately and took at least as long as this one has by now had ended after so many seconds. A promise it is not.",
		),
	progress: z
		.object({ bytes: z.number(), fields: z.number() })
		.describe("Of the last attempt."),
	result: z
		.object({
			length: z.number().describe("Bytes."),
			type: z.string(),
			md5: z.string().nullable(),
			sha256: z.string().nullable(),
			location: z
				.url()
				.nullable()
				.describe(
					"Where it lies; readable without credentials. Null: it was removed.",
				),
		})
		.nullable(),
	trace_id: z
		.string()
		.nullable()
		.describe("Names it to the server's operators, and to tracing systems."),
});

export type DetailView = z.infer<typeof detailSchema>;

/** What is known of a request besides its row. */
export interface Known {
	readonly explained?: ExplainResponse | undefined;
	/** Where its result lies. */
	readonly location?: string | undefined;
}

export function detailView(
	request: Request,
	{ explained, location }: Known,
): DetailView {
	return {
		id: request.id,
		collection: request.collection,
		verb: request.verb,
		datasource: request.datasource,
		status: statusName(request.status),
		message: request.userMessage,
		submitted: secondsOf(request.createdAt),
		modified: secondsOf(request.modifiedAt),
		history: request.history.map(transitionView),
		attempts: attemptsView(request.history),
		retries: request.retries,
		not_before: request.notBefore ? secondsOf(request.notBefore) : null,
		...(isFinal(request.status) || explained === undefined
			? { waiting_for: null, position: null, estimate: null }
			: explainedView(explained)),
		progress: {
			bytes: Number(request.progressBytes),
			fields: Number(request.progressFields),
		},
		result: resultView(request, location),
		trace_id: traceId(request.traceparent),
	};
}

/** @param location where it lies, should that be known */
function resultView(
	{ result }: Request,
	location: string | undefined,
): DetailView["result"] {
	if (result === undefined) return null;
	return {
		length: Number(result.length),
		type: result.mediaType,
		md5: result.md5 || null,
		sha256: result.sha256 || null,
		location: location ?? null,
	};
}

/** An attempt is what happened from one admission to the status after it that is not its running. */
export function attemptsView(
	history: readonly Transition[],
): DetailView["attempts"] {
	const attempts: DetailView["attempts"] = [];
	let current: DetailView["attempts"][number] | undefined;
	for (const { status, at, attempt, reason } of history) {
		if (status === Status.QUEUED) {
			current = {
				attempt,
				queued: secondsOf(at),
				begin: null,
				end: null,
				outcome: null,
				reason: "",
			};
			attempts.push(current);
		} else if (status === Status.PROCESSING && current !== undefined)
			current.begin = secondsOf(at);
		else if (current !== undefined) {
			current.end = secondsOf(at);
			current.outcome = statusName(status);
			current.reason = reason;
			current = undefined;
		}
	}
	return attempts;
}

function explainedView({ code, reason, ahead, estimate }: ExplainResponse) {
	return {
		waiting_for: { code: codeName(code), reason },
		position: ahead
			? {
					before: Number(ahead.own + ahead.others),
					own: Number(ahead.own),
					exact: ahead.exact,
				}
			: null,
		estimate: estimate
			? {
					p50: secondsIn(estimate.p50),
					p90: secondsIn(estimate.p90),
					sample: estimate.sample,
					since: secondsOf(estimate.since),
				}
			: null,
	};
}

/** `USER_LIMIT` is `user-limit`; a code that a newer broker knows is a number. */
const codeName = (code: Reason): string =>
	(Reason[code] ?? String(code)).toLowerCase().replaceAll("_", "-");

const secondsIn = (duration: Duration | undefined): number =>
	duration === undefined ? 0 : durationMs(duration) / 1000;

const traceId = (traceparent: string): string | null =>
	/^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent)?.[1] ?? null;
