import { credentials, Metadata } from "@grpc/grpc-js";
import { OTLPTraceExporter as OverGrpc } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as OverHttp } from "@opentelemetry/exporter-trace-otlp-proto";
import {
	BatchSpanProcessor,
	type SpanExporter,
	type SpanProcessor,
} from "@opentelemetry/sdk-trace";
import type { Tls } from "../rpc/tls.ts";
import { counted } from "./counted.ts";
import { nearExporter } from "./near-exporter.ts";

/** A receiver of OTLP in another process. */
export interface Otlp {
	/** Without `/v1/traces`. */
	readonly endpoint: string;
	readonly protocol: "grpc" | "http/protobuf";
	readonly headers: Readonly<Record<string, string>>;
	/** Certificates of this process and of the authority; without it, those of the system where the endpoint is https. */
	readonly tls?: Tls | undefined;
}

export interface TracesOptions {
	/** Of all traces, those whose inner spans are wanted: from 0 to 1. */
	readonly share: number;
	readonly otlp?: Otlp | undefined;
	/** Whether a role of this process takes spans, and whether it hands all on. */
	readonly near: boolean;
	readonly forwarded: boolean;
}

/** Spans that wait to be sent; those beyond are dropped, so that a receiver that is away costs no memory. */
const QUEUE = 4096;
/** Batches that are under way: each holds its spans until it has arrived, or its time is over. */
const AT_ONCE = 2;
const BATCH = 1024;
const DELAY_MS = 1_000;
/** No batch is waited for longer, and no end of a process. */
const TIMEOUT_MS = 5_000;

/** What sends spans on, some at a time, off the way of those who make them; none where nobody takes them. */
export function openProcessors({
	otlp,
	near,
	forwarded,
}: TracesOptions): SpanProcessor[] {
	const exporters = [
		...(otlp === undefined ? [] : [exporterTo(otlp)]),
		...(near ? [nearExporter(forwarded)] : []),
	];
	return exporters.map((exporter) => counted(exporter, QUEUE, queued));
}

const queued = (exporter: SpanExporter): SpanProcessor =>
	new BatchSpanProcessor({
		exporter,
		maxQueueSize: QUEUE,
		maxExportBatchSize: BATCH,
		scheduledDelayMillis: DELAY_MS,
		exportTimeoutMillis: TIMEOUT_MS,
	});

function exporterTo({ endpoint, protocol, headers, tls }: Otlp): SpanExporter {
	if (protocol === "http/protobuf")
		return new OverHttp({
			url: `${endpoint}/v1/traces`,
			headers: { ...headers },
			timeoutMillis: TIMEOUT_MS,
			concurrencyLimit: AT_ONCE,
		});
	const metadata = new Metadata();
	for (const [name, value] of Object.entries(headers))
		metadata.set(name, value);
	return new OverGrpc({
		url: endpoint,
		metadata,
		timeoutMillis: TIMEOUT_MS,
		concurrencyLimit: AT_ONCE,
		...(tls && {
			credentials: credentials.createSsl(tls.ca, tls.key, tls.cert),
		}),
	});
}
