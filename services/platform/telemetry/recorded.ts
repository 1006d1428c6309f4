import type { Attributes, SpanContext, SpanKind } from "@opentelemetry/api";
import { newSpanId } from "./ids.ts";
import { ATTRIBUTE } from "./names.ts";

/** A span that is made when everything about it is known, from times that were written down. */
export interface RecordedSpan {
	readonly name: string;
	/** Without it, `INTERNAL`. */
	readonly kind?: SpanKind;
	readonly traceId: string;
	readonly spanId: string;
	readonly parentSpanId: string | undefined;
	/** Milliseconds since 1970. */
	readonly start: number;
	readonly end: number;
	readonly attributes: Attributes;
	/** Why it failed; undefined: it did not. */
	readonly error?: string | undefined;
}

/** What this process traces, and where recorded spans go. */
export interface Sink {
	/** Of all traces, those whose inner spans are wanted: from 0 to 1. */
	readonly share: number;
	/** Whether spans of the life of requests are wanted: who reads the store itself has no need of them. */
	readonly lifecycle: boolean;
	record(scope: string, span: RecordedSpan): void;
}

let sink: Sink | undefined;

/** Set by who starts telemetry for this process. */
export function recordInto(to: Sink | undefined): void {
	sink = to;
}

/** What is traced; undefined: nothing. */
export const tracing = (): Sink | undefined => sink;

/** Whether anybody takes spans of the life of requests: without, nothing need be looked up for them. */
export const isRecording = (): boolean => sink?.lifecycle === true;

/** @param scope the instrumentation scope, `polytope.<role>` */
export function record(scope: string, spans: readonly RecordedSpan[]): void {
	if (sink === undefined) return;
	for (const span of spans) sink.record(scope, span);
}

/** Work that was done for many requests at once. */
export interface SharedWork {
	readonly role: string;
	readonly name: string;
	/** Milliseconds since 1970. */
	readonly start: number;
	readonly end: number;
}

/** Shows such work in the trace of each of them, below its submission. @param attributes of each one's span */
export function recordFor(
	{ role, name, start, end }: SharedWork,
	each: readonly {
		readonly submission: SpanContext;
		readonly attributes: Attributes;
	}[],
): void {
	record(
		`polytope.${role}`,
		each.map(({ submission, attributes }) => ({
			name,
			traceId: submission.traceId,
			spanId: newSpanId(),
			parentSpanId: submission.spanId,
			start,
			end,
			attributes: { [ATTRIBUTE.role]: role, ...attributes },
		})),
	);
}
