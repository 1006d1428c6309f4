import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Request } from "../../../gen/polytope/store/v1/store_pb.js";
import { isFinal, statusName } from "../../platform/lifecycle.ts";
import { isSampled, spanContextOf } from "../../platform/telemetry/context.ts";
import {
	attemptSpan,
	type Life,
	lifecycleSpans,
} from "../../platform/telemetry/lifecycle-spans.ts";
import type { TelemetryContext } from "../context.ts";
import { type SpanView, spansOf } from "../spans/read.ts";
import { ownSpans } from "./own.ts";
import { lifecycleView } from "./view.ts";

/** What was done for one request. */
export interface TraceView {
	/** Its changes of status, in v1's form. */
	readonly trace: readonly StatusChange[];
	readonly spans: {
		/** Null: the request came without a trace. */
		readonly trace_id: string | null;
		/** Whether something is missing that there should be: a parent, or all inner spans of a trace that wanted them. */
		readonly incomplete: boolean;
		/** In order of their begin; those of its life from its row, the others as they came in. */
		readonly items: readonly SpanView[];
	};
}

interface StatusChange {
	readonly type: "request_status_change";
	readonly request_id: string;
	readonly user_id: string;
	readonly status: string;
	/** Seconds since 1970. */
	readonly timestamp: number;
	readonly attempt: number;
}

/** Spans of a trace begin at most so much before their request was made, ms: clocks differ. */
const EARLIER_MS = 3_600_000;

export async function traceOf(
	{ db, scrub }: Pick<TelemetryContext, "db" | "scrub">,
	request: Request,
): Promise<TraceView> {
	const submission = spanContextOf(request.traceparent);
	const life = lifecycleSpans(lifeOf(request)).map(lifecycleView(scrub));
	const begun = request.createdAt ? timestampMs(request.createdAt) : 0;
	const inner = submission
		? ownSpans(
				await spansOf(db, submission.traceId, begun - EARLIER_MS),
				request.id,
				[submission.spanId, ...life.map((span) => span.span_id)],
			)
		: [];
	const items = [...life, ...inner].toSorted((a, b) => a.start - b.start);
	const silent =
		isSampled(submission) &&
		isFinal(request.status) &&
		inner.every((span) => span.span_id === submission?.spanId);
	return {
		trace: changesOf(request),
		spans: {
			trace_id: submission?.traceId ?? null,
			incomplete: silent || lacksParent(request, items, inner),
			items,
		},
	};
}

/** The first of ours in a trace may be the child of a span of the client's, which we never see. */
function lacksParent(
	request: Request,
	items: readonly SpanView[],
	inner: readonly SpanView[],
): boolean {
	const sent = spanContextOf(request.traceparent);
	const submission = sent?.spanId;
	const known = new Set(items.map((span) => span.span_id));
	// One process keeps it only where inner spans are wanted.
	if (submission !== undefined && !isSampled(sent)) known.add(submission);
	for (const id of isFinal(request.status) ? [] : toCome(request, items))
		known.add(id);
	return items.some(
		({ parent_id: parent, span_id: id }) =>
			parent !== null &&
			!known.has(parent) &&
			!(id === submission && inner.length > 0),
	);
}

/** Parents that are made when the request, or its attempt, ends. */
const toCome = (request: Request, items: readonly SpanView[]): string[] => [
	...items.flatMap((span) =>
		span.attributes["polytope.lifecycle"] === true && span.parent_id !== null
			? [span.parent_id]
			: [],
	),
	attemptSpan(request, request.attempt)?.spanId ?? "",
];

const lifeOf = (request: Request): Life => ({
	id: request.id,
	traceparent: request.traceparent,
	collection: request.collection,
	datasource: request.datasource,
	verb: request.verb,
	bytes: request.result && Number(request.result.length),
	history: request.history.map(({ status, at, attempt, reason }) => ({
		status: statusName(status),
		at: at ? timestampMs(at) : 0,
		attempt,
		reason,
	})),
});

const changesOf = ({ id, user, history }: Request): StatusChange[] =>
	history.map(({ status, at, attempt }) => ({
		type: "request_status_change",
		request_id: id,
		user_id: user?.id ?? "",
		status: statusName(status),
		timestamp: at ? timestampMs(at) / 1000 : 0,
		attempt,
	}));
