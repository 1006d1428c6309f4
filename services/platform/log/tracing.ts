import { isSpanContextValid, trace } from "@opentelemetry/api";

/** Where in which trace a line is said; empty outside of any. */
export function tracing(): { trace_id?: string; span_id?: string } {
	const span = trace.getActiveSpan()?.spanContext();
	return span !== undefined && isSpanContextValid(span)
		? { trace_id: span.traceId, span_id: span.spanId }
		: {};
}
