import { isSpanContextValid, trace } from "@opentelemetry/api";

export interface Tracing {
	readonly trace_id?: string;
	readonly span_id?: string;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-/;

/** The span that a `traceparent` names; empty when it names none. */
export function tracingOf(traceparent: string): Tracing {
	const [, trace_id, span_id] = TRACEPARENT.exec(traceparent) ?? [];
	return trace_id !== undefined && span_id !== undefined
		? { trace_id, span_id }
		: {};
}

/** Where in which trace a line is said; empty outside of any. */
export function tracing(): Tracing {
	const span = trace.getActiveSpan()?.spanContext();
	return span !== undefined && isSpanContextValid(span)
		? { trace_id: span.traceId, span_id: span.spanId }
		: {};
}
