import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Request } from "../../../gen/polytope/store/v1/store_pb.js";
import { statusName } from "../../platform/lifecycle.ts";
import type { TelemetryContext } from "../context.ts";
import { type SpanView, spansOf } from "../spans/read.ts";

/** What was done for one request. */
export interface TraceView {
	/** Its changes of status, in v1's form. */
	readonly trace: readonly StatusChange[];
	readonly spans: {
		/** Null: the request came without a trace. */
		readonly trace_id: string | null;
		/** Whether something is missing that there should be: a parent, or all inner spans of a trace that wanted them. */
		readonly incomplete: boolean;
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
	{ db }: Pick<TelemetryContext, "db">,
	request: Request,
): Promise<TraceView> {
	const trace = changesOf(request);
	const [, traceId, , flags = "00"] = request.traceparent.split("-");
	if (traceId === undefined)
		return { trace, spans: { trace_id: null, incomplete: false, items: [] } };
	const begun = request.createdAt ? timestampMs(request.createdAt) : 0;
	const items = await spansOf(db, traceId, begun - EARLIER_MS);
	const wanted = (Number.parseInt(flags, 16) & 1) === 1;
	const incomplete = (wanted && items.length === 0) || lacksParent(items);
	return { trace, spans: { trace_id: traceId, incomplete, items } };
}

/** The first of a trace may be the child of the client's own span, which we never see. */
function lacksParent(spans: readonly SpanView[]): boolean {
	const known = new Set(spans.map((span) => span.span_id));
	const lost = spans.filter(
		({ parent_id }) => parent_id !== null && !known.has(parent_id),
	);
	return lost.some(({ kind }) => kind !== "server") || lost.length > 1;
}

const changesOf = ({ id, user, history }: Request): StatusChange[] =>
	history.map(({ status, at, attempt }) => ({
		type: "request_status_change",
		request_id: id,
		user_id: user?.id ?? "",
		status: statusName(status),
		timestamp: at ? timestampMs(at) / 1000 : 0,
		attempt,
	}));
