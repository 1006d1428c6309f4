import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPMetricExporter as GrpcMetrics } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPMetricExporter as ProtoMetrics } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
	MeterProvider,
	PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
	BatchSpanProcessor,
	type SpanExporter,
	TracerProvider,
} from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../../test/kit/command.ts";
import { grpcurl } from "../../../test/kit/grpcurl.ts";
import {
	MOST,
	openTestReceiver,
	type TestReceiver,
} from "../fixtures/receiver.ts";
import { spansOf } from "../spans/read.ts";

let own: TestReceiver;
beforeAll(async () => {
	own = await openTestReceiver();
});
afterAll(() => own[Symbol.asyncDispose]());

const SECRET = "https://user:pass@s3.example.org/key?X-Amz-Signature=abc";

/** A small trace, as an instrumented process makes it, sent by a real exporter. @returns its id */
async function sendTrace(exporter: SpanExporter): Promise<string> {
	const provider = new TracerProvider({
		resource: resourceFromAttributes({
			"service.name": "polytope-worker",
			"service.instance.id": "worker-1",
		}),
		spanProcessors: [new BatchSpanProcessor({ exporter })],
	});
	const tracer = provider.getTracer("test");
	const outer = tracer.startSpan("outer", {
		kind: SpanKind.SERVER,
		attributes: {
			"polytope.request.id": "r1",
			"url.full": SECRET,
			"http.response.status_code": 200,
		},
	});
	const within = trace.setSpan(context.active(), outer);
	const inner = tracer.startSpan("inner", {}, within);
	inner.addEvent("exception", {
		"exception.type": "E",
		"exception.message": SECRET,
	});
	inner.setStatus({ code: SpanStatusCode.ERROR, message: SECRET });
	inner.end();
	tracer
		.startSpan(
			"waiting",
			{ attributes: { "polytope.lifecycle": true } },
			within,
		)
		.end();
	outer.end();
	await provider.forceFlush();
	await provider.shutdown();
	return outer.spanContext().traceId;
}

const exporters: readonly (readonly [string, () => SpanExporter])[] = [
	["gRPC", () => new GrpcExporter({ url: own.grpc })],
	[
		"gRPC, gzip",
		() =>
			new GrpcExporter({
				url: own.grpc,
				compression: CompressionAlgorithm.GZIP,
			}),
	],
	["HTTP, protobuf", () => new ProtoExporter({ url: `${own.http}/v1/traces` })],
	[
		"HTTP, protobuf, gzip",
		() =>
			new ProtoExporter({
				url: `${own.http}/v1/traces`,
				compression: CompressionAlgorithm.GZIP,
			}),
	],
	["HTTP, JSON", () => new JsonExporter({ url: `${own.http}/v1/traces` })],
];

describe.each(exporters)("an exporter over %s", (_name, exporter) => {
	it("has its inner spans kept, without what may be secret", async () => {
		const id = await sendTrace(exporter());
		const spans = await spansOf(own.db, id, 0);
		expect(spans.map(({ name }) => name).toSorted()).toEqual([
			"inner",
			"outer",
		]);
		const [outer, inner] = ["outer", "inner"].map((name) =>
			spans.find((span) => span.name === name),
		);
		expect(outer).toMatchObject({
			parent_id: null,
			kind: "server",
			role: "worker",
			instance: "worker-1",
			error: false,
			attributes: {
				"polytope.request.id": "r1",
				"http.response.status_code": 200,
			},
		});
		expect(inner).toMatchObject({
			parent_id: outer?.span_id,
			kind: "internal",
			error: true,
			events: [{ name: "exception", attributes: { "exception.type": "E" } }],
		});
		expect(JSON.stringify(spans)).not.toContain("s3.example.org");
	});
});

describe("metrics", () => {
	const exported = async (exporter: GrpcMetrics | ProtoMetrics) => {
		const provider = new MeterProvider({
			readers: [
				new PeriodicExportingMetricReader({
					exporter,
					exportIntervalMillis: 3_600_000,
				}),
			],
		});
		provider.getMeter("test").createCounter("polytope.test").add(1);
		await provider.forceFlush();
		await provider.shutdown();
	};

	it("are taken over gRPC and HTTP", async () => {
		const before = own.receiver.counts.metrics;
		await exported(new GrpcMetrics({ url: own.grpc }));
		await exported(new ProtoMetrics({ url: `${own.http}/v1/metrics` }));
		expect(own.receiver.counts.metrics - before).toBeGreaterThanOrEqual(2);
	});
});

describe("over HTTP", () => {
	const post = (body: Buffer | string, headers: Record<string, string>) =>
		fetch(`${own.http}/v1/traces`, { method: "POST", body, headers });
	const json = { "content-type": "application/json" };

	it("what is no message is refused in words", async () => {
		const answer = await post("{", json);
		expect(answer.status).toBe(400);
		expect(await answer.json()).toMatchObject({
			message: expect.stringContaining("not a message of OTLP"),
		});
	});

	it("what is too large is refused, unpacked too", async () => {
		const large = "x".repeat(MOST + 1);
		expect((await post(large, json)).status).toBe(413);
		const packed = gzipSync(large);
		const headers = { ...json, "content-encoding": "gzip" };
		expect((await post(packed, headers)).status).toBe(413);
	});

	it("other types and methods are refused", async () => {
		expect((await post("{}", { "content-type": "text/plain" })).status).toBe(
			415,
		);
		expect((await fetch(`${own.http}/v1/traces`)).status).toBe(405);
	});

	it("spans that cannot be kept are counted in the answer", async () => {
		const span = {
			traceId: "aa".repeat(16),
			spanId: "bb".repeat(8),
			name: "old",
		};
		const scopeSpans = [
			{ spans: [{ ...span, startTimeUnixNano: "1000" }, span] },
		];
		const answer = await post(
			JSON.stringify({ resourceSpans: [{ scopeSpans }] }),
			json,
		);
		expect(answer.status).toBe(200);
		expect(await answer.json()).toMatchObject({
			partialSuccess: {
				rejectedSpans: "2",
				errorMessage: "too old, or of the future; without an id or a begin",
			},
		});
	});

	it("numbers beyond the database's are bounded, and cost nobody a span", async () => {
		const traceId = randomBytes(16).toString("hex");
		const now = `${Date.now()}000000`;
		const spans = [
			{ name: "kind", kind: 100_000, endTimeUnixNano: now },
			{ name: "end", endTimeUnixNano: "18446744073709551615" },
		].map((span) => ({
			...span,
			traceId,
			spanId: randomBytes(8).toString("hex"),
			startTimeUnixNano: now,
		}));
		const body = JSON.stringify({
			resourceSpans: [{ scopeSpans: [{ spans }] }],
		});
		expect((await post(body, json)).status).toBe(200);
		expect(
			(await spansOf(own.db, traceId, 0)).map(({ name }) => name).toSorted(),
		).toEqual(["end", "kind"]);
	});

	it("wants the secret of the processes, where there is one", async () => {
		await using guarded = await openTestReceiver({ token: "let me in" });
		const send = (headers: Record<string, string>) =>
			fetch(`${guarded.http}/v1/traces`, {
				method: "POST",
				body: "{}",
				headers,
			});
		expect((await send(json)).status).toBe(401);
		expect(
			(await send({ ...json, "x-polytope-token": "let me in" })).status,
		).toBe(200);
	});
});

it("the port tells of its services", async () => {
	const host = new URL(own.grpc).host;
	const { stdout: listed } = await run(await grpcurl(), [
		"-plaintext",
		host,
		"list",
	]);
	expect(listed).toContain(
		"opentelemetry.proto.collector.trace.v1.TraceService",
	);
	expect(listed).toContain(
		"opentelemetry.proto.collector.metrics.v1.MetricsService",
	);
});
