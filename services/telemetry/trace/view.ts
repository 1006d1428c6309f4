import type { Scrub } from "../../platform/log/scrub.ts";
import type { RecordedSpan } from "../../platform/telemetry/recorded.ts";
import type { SpanView } from "../spans/read.ts";
import type { Attributes } from "../tables.ts";

/** A span of a request's life, as those are shown that came in. */
export const lifecycleView =
	(scrub: Scrub) =>
	(span: RecordedSpan): SpanView => ({
		span_id: span.spanId,
		parent_id: span.parentSpanId ?? null,
		name: span.name,
		kind: "internal",
		role: "store",
		instance: "",
		start: span.start / 1000,
		duration: Math.max(0, span.end - span.start) / 1000,
		error: span.error !== undefined,
		attributes: plain(span.attributes, scrub),
		events: [],
	});

function plain(all: RecordedSpan["attributes"], scrub: Scrub): Attributes {
	const kept: Record<string, string | number | boolean> = {};
	for (const [name, value] of Object.entries(all)) {
		if (typeof value === "string") kept[name] = scrub.text(value);
		if (typeof value === "number" || typeof value === "boolean")
			kept[name] = value;
	}
	return kept;
}
