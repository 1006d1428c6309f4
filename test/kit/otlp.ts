import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { fromBinary } from "@bufbuild/protobuf";
import { ExportTraceServiceRequestSchema } from "../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.js";
import type { AnyValue } from "../../gen/opentelemetry/proto/common/v1/common_pb.js";

/** A span as it was received. */
export interface SeenSpan {
	readonly name: string;
	readonly kind: number;
	readonly traceId: string;
	readonly spanId: string;
	/** Empty: it has none. */
	readonly parentSpanId: string;
	readonly links: readonly string[];
	/** Nanoseconds since 1970. */
	readonly start: bigint;
	readonly end: bigint;
	readonly attributes: Readonly<Record<string, unknown>>;
	readonly failed: boolean;
	/** Of the process that made it. */
	readonly service: string;
}

/** Takes OTLP over HTTP, as any receiver of spans does, and remembers. */
export interface OtlpReceiver extends AsyncDisposable {
	readonly endpoint: string;
	/** What came of a trace, in order of begin; each span once. */
	trace(traceId: string): readonly SeenSpan[];
	readonly spans: readonly SeenSpan[];
}

export async function openOtlpReceiver(): Promise<OtlpReceiver> {
	const spans: SeenSpan[] = [];
	const server = createServer(async (request, response) => {
		const body = await buffer(request);
		const bytes =
			request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
		if (request.url === "/v1/traces") spans.push(...spansIn(bytes));
		response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
	});
	await new Promise<void>((resolve) =>
		server.listen(0, "127.0.0.1", () => resolve()),
	);
	const { port } = server.address() as AddressInfo;
	return {
		endpoint: `http://127.0.0.1:${port}`,
		spans,
		trace(traceId) {
			const own = spans.filter((span) => span.traceId === traceId);
			return [...new Map(own.map((span) => [span.spanId, span])).values()].sort(
				(a, b) => Number(a.start - b.start),
			);
		},
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

function spansIn(bytes: Uint8Array): SeenSpan[] {
	const { resourceSpans } = fromBinary(ExportTraceServiceRequestSchema, bytes);
	return resourceSpans.flatMap(({ resource, scopeSpans }) => {
		const service = String(
			recordOf(resource?.attributes ?? [])["service.name"],
		);
		return scopeSpans.flatMap(({ spans }) =>
			spans.map((span) => ({
				name: span.name,
				kind: span.kind,
				traceId: hex(span.traceId),
				spanId: hex(span.spanId),
				parentSpanId: hex(span.parentSpanId),
				links: span.links.map(({ spanId }) => hex(spanId)),
				start: span.startTimeUnixNano,
				end: span.endTimeUnixNano,
				attributes: recordOf(span.attributes),
				failed: span.status?.code === 2,
				service,
			})),
		);
	});
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const recordOf = (
	attributes: readonly { key: string; value?: AnyValue | undefined }[],
): Record<string, unknown> =>
	Object.fromEntries(
		attributes.map(({ key, value }) => [key, value?.value.value]),
	);
