import { metrics, TraceFlags } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import {
	BatchSpanProcessor,
	type ReadableSpan,
	type SpanExporter,
	TracerProvider,
} from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, expect, test } from "vitest";
import { counted } from "./counted.ts";
import { Scrape } from "./scrape.ts";

let scrape: Scrape;
beforeEach(() => {
	scrape = new Scrape();
	metrics.setGlobalMeterProvider(new MeterProvider({ readers: [scrape] }));
});
afterEach(() => metrics.disable());

const lost = async (): Promise<number> => {
	const [, count = "0"] =
		/telemetry_dropped_total\{polytope_signal="spans"\} (\d+)/.exec(
			await scrape.text(),
		) ?? [];
	return Number(count);
};

const MOST = 4;

/** Ends so many spans, none of which an exporter takes before it is asked to. */
async function end(spans: number, code: ExportResultCode) {
	const exported: ReadableSpan[] = [];
	const exporter: SpanExporter = {
		export(some, done) {
			exported.push(...some);
			done({ code });
		},
		shutdown: async () => undefined,
	};
	const processor = counted(
		exporter,
		MOST,
		(inner) =>
			new BatchSpanProcessor({
				exporter: inner,
				maxQueueSize: MOST,
				maxExportBatchSize: MOST,
				scheduledDelayMillis: 60_000,
			}),
	);
	const provider = new TracerProvider({ spanProcessors: [processor] });
	const tracer = provider.getTracer("test");
	for (let n = 0; n < spans; n += 1) tracer.startSpan(`${n}`).end();
	await provider.forceFlush().catch(() => undefined);
	return { exported, tracer, provider };
}

test("nothing is lost that is delivered", async () => {
	const { exported } = await end(3, ExportResultCode.SUCCESS);
	expect(exported).toHaveLength(3);
	expect(exported[0]?.spanContext().traceFlags).toBe(TraceFlags.SAMPLED);
	expect(await lost()).toBe(0);
});

test("what finds no receiver is counted", async () => {
	await end(3, ExportResultCode.FAILED);
	expect(await lost()).toBe(3);
});

test("what finds the queue full is counted, and there is room again when it was sent", async () => {
	const { exported, tracer, provider } = await end(0, ExportResultCode.SUCCESS);
	// A batch that is full leaves at once, but not in this turn of the loop.
	for (let n = 0; n < MOST + 3; n += 1) tracer.startSpan(`${n}`).end();
	await provider.forceFlush();
	const first = exported.length + (await lost());
	expect(first).toBe(MOST + 3);
	const before = await lost();
	tracer.startSpan("later").end();
	await provider.forceFlush();
	expect(await lost()).toBe(before);
});
