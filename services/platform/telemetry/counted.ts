import { TraceFlags } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type {
	ReadableSpan,
	SpanExporter,
	SpanProcessor,
} from "@opentelemetry/sdk-trace";
import { INSTRUMENTS } from "./instruments.ts";

export const countLost = (signal: "spans" | "forwarded", lost: number): void =>
	INSTRUMENTS.dropped.add(lost, { "polytope.signal": signal });

/**
 * A processor that counts what it loses: spans that find its queue full, which the SDK would drop without a word, and
 * those that the exporter could not deliver.
 *
 * @param most spans that may wait
 * @param make the processor that queues, for the exporter that it is given
 */
export function counted(
	exporter: SpanExporter,
	most: number,
	make: (exporter: SpanExporter) => SpanProcessor,
): SpanProcessor {
	let waiting = 0;
	const inner = make({
		export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
			waiting -= spans.length;
			exporter.export(spans, (result) => {
				if (result.code !== ExportResultCode.SUCCESS)
					countLost("spans", spans.length);
				done(result);
			});
		},
		shutdown: () => exporter.shutdown(),
		forceFlush: async () => exporter.forceFlush?.(),
	});
	return {
		onStart: (span, parent) => inner.onStart(span, parent),
		onEnd(span) {
			// What is not sampled is not queued.
			if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
			if (waiting >= most) return countLost("spans", 1);
			waiting += 1;
			inner.onEnd(span);
		},
		forceFlush: () => inner.forceFlush(),
		shutdown: () => inner.shutdown(),
	};
}
