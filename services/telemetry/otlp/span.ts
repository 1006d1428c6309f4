import {
	type ResourceSpans,
	type Span,
	Span_SpanKind as SpanKind,
	Status_StatusCode as StatusCode,
} from "../../../gen/opentelemetry/proto/trace/v1/trace_pb.js";
import type { Attributes, KeptEvent } from "../tables.ts";
import { keptAttributes, storable } from "./kept.ts";

/** A span as it is kept. */
export interface KeptSpan {
	/** Lower-case hexadecimal, 32 digits. */
	readonly trace: string;
	/** 16 digits. */
	readonly span: string;
	/** 16 digits; null: the first of its trace. */
	readonly parent: string | null;
	readonly name: string;
	readonly kind: number;
	readonly role: string;
	readonly instance: string;
	/** Microseconds since 1970. */
	readonly began: number;
	readonly nanoseconds: number;
	readonly failed: boolean;
	readonly attributes: Attributes;
	readonly events: readonly KeptEvent[];
}

/** Spans that the store makes from a request's row bear the attribute; they are made again when they are asked for. */
const LIFECYCLE = "polytope.lifecycle";
const DERIVED = ["request", "uploading", "waiting", "queued", "attempt"];
const EVENTS = 32;
/** What a span may say to have taken, in nanoseconds (104 days): beyond, the numbers of JSON are not exact. */
const LONGEST = Number.MAX_SAFE_INTEGER;

/** The inner spans of an export. Those that are no spans (an id is missing) are left out, and counted. */
export function innerSpans(resources: readonly ResourceSpans[]): {
	readonly spans: readonly KeptSpan[];
	readonly unusable: number;
} {
	const spans: KeptSpan[] = [];
	let unusable = 0;
	for (const { resource, scopeSpans } of resources) {
		const from = keptAttributes(resource?.attributes ?? []);
		for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
			if (isDerived(span)) continue;
			if (!isUsable(span)) unusable += 1;
			else spans.push(kept(span, from));
		}
	}
	return { spans, unusable };
}

const isDerived = ({ name, attributes }: Span): boolean =>
	DERIVED.includes(name) && attributes.some(({ key }) => key === LIFECYCLE);

const isUsable = ({ traceId, spanId, startTimeUnixNano }: Span): boolean =>
	traceId.length === 16 && spanId.length === 8 && startTimeUnixNano > 0n;

function kept(span: Span, resource: Attributes): KeptSpan {
	const { "polytope.role": said, ...attributes } = keptAttributes(
		span.attributes,
	);
	const took = span.endTimeUnixNano - span.startTimeUnixNano;
	return {
		trace: hex(span.traceId),
		span: hex(span.spanId),
		parent: span.parentSpanId.length === 8 ? hex(span.parentSpanId) : null,
		name: storable(span.name),
		kind: span.kind in SpanKind ? span.kind : SpanKind.UNSPECIFIED,
		role: String(said ?? resource["polytope.role"] ?? roleIn(resource)),
		instance: String(resource["service.instance.id"] ?? ""),
		began: Number(span.startTimeUnixNano / 1000n),
		nanoseconds: Math.min(Number(took > 0n ? took : 0n), LONGEST),
		failed: span.status?.code === StatusCode.ERROR,
		attributes,
		events: span.events.slice(0, EVENTS).map((event) => ({
			name: storable(event.name),
			at: Number(event.timeUnixNano / 1000n) / 1000,
			attributes: keptAttributes(event.attributes),
		})),
	};
}

/** `polytope-<role>` is what a process of one role calls itself. */
const roleIn = (resource: Attributes): string =>
	String(resource["service.name"] ?? "").replace(/^polytope-/, "");

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
