import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { Resource } from "@opentelemetry/resources";
import { MeterProvider, type MetricReader } from "@opentelemetry/sdk-metrics";
import {
	type Sampler,
	type SpanProcessor,
	TracerProvider,
} from "@opentelemetry/sdk-trace";

/** What OpenTelemetry's SDK is made of here. */
export interface SdkParts {
	readonly resource: Resource;
	readonly sampler: Sampler;
	readonly reader: MetricReader;
	/** Undefined: nobody takes spans, and none are made. */
	readonly processor: SpanProcessor | undefined;
}

/**
 * Makes the SDK what the API of this process speaks to: once. Its parts, not `sdk-node`: that one loads every exporter
 * there is, of which none is used, in a sixth of the time of a start.
 */
export function startSdk({
	resource,
	sampler,
	reader,
	processor,
}: SdkParts): AsyncDisposable {
	context.setGlobalContextManager(
		new AsyncLocalStorageContextManager().enable(),
	);
	const meters = new MeterProvider({ resource, readers: [reader] });
	metrics.setGlobalMeterProvider(meters);
	const tracers =
		processor &&
		new TracerProvider({ resource, sampler, spanProcessors: [processor] });
	if (tracers) trace.setGlobalTracerProvider(tracers);
	return {
		async [Symbol.asyncDispose]() {
			await Promise.all([meters.shutdown(), tracers?.shutdown()]);
		},
	};
}
