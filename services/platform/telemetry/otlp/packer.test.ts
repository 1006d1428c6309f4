import { fromBinary } from "@bufbuild/protobuf";
import {
	context,
	ROOT_CONTEXT,
	SpanKind,
	SpanStatusCode,
	trace,
} from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ExportTraceServiceRequestSchema } from "../../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.js";
import { Status_StatusCode as StatusCode } from "../../../../gen/opentelemetry/proto/trace/v1/trace_pb.js";
import { ATTRIBUTE } from "../names.ts";
import { Packer, type Packet, requestMaker } from "./packer.ts";

const RESOURCE = { "service.name": "polytope-store", "service.version": "1" };
/** A status that says nothing is as good as none. */
function read(bytes: Uint8Array) {
	const request = fromBinary(
		ExportTraceServiceRequestSchema,
		Uint8Array.from(bytes),
	);
	for (const { scopeSpans } of request.resourceSpans)
		for (const span of scopeSpans.flatMap(({ spans }) => spans))
			if (span.status?.code === StatusCode.UNSET) delete span.status;
	return request;
}

/** What the SDK makes of work with everything that a span may have. */
function made(work: (tracer: ReturnType<TracerProvider["getTracer"]>) => void) {
	const spans: ReadableSpan[] = [];
	const provider = new TracerProvider({
		resource: resourceFromAttributes(RESOURCE),
		spanProcessors: [
			{
				onStart: () => undefined,
				onEnd: (span) => void spans.push(span),
				forceFlush: async () => undefined,
				shutdown: async () => undefined,
			},
		],
	});
	work(provider.getTracer("polytope.store"));
	return spans;
}

function packed(spans: readonly ReadableSpan[]) {
	const packets: Packet[] = [];
	const packer = new Packer((packet) => packets.push(packet));
	for (const span of spans) packer.readable(span);
	packer.cut();
	return { packets, request: read(requestMaker(RESOURCE)(packets)) };
}

const theirs = (spans: ReadableSpan[]) =>
	read(ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array());

it("writes spans as OpenTelemetry's own exporter does", () => {
	const spans = made((tracer) => {
		const remote = {
			traceId: "0af7651916cd43dd8448eb211c80319c",
			spanId: "b7ad6b7169203331",
			traceFlags: 1,
			isRemote: true,
		};
		const outer = tracer.startSpan(
			"outer",
			{
				kind: SpanKind.SERVER,
				links: [{ context: remote, attributes: { why: "batch" } }],
				attributes: {
					text: "Grüße, 😀",
					long: "x".repeat(20_000),
					whole: 2 ** 40,
					negative: -7,
					half: 0.5,
					huge: 1e300,
					yes: true,
					list: ["a", "b"],
					numbers: [1, 2.5],
				},
			},
			trace.setSpanContext(ROOT_CONTEXT, remote),
		);
		outer.addEvent("told", { n: 1 });
		outer.addEvent("told again");
		const within = trace.setSpan(context.active(), outer);
		const inner = tracer.startSpan("inner", {}, within);
		inner.setStatus({ code: SpanStatusCode.ERROR, message: "no" });
		inner.end();
		outer.setStatus({ code: SpanStatusCode.OK });
		outer.end();
	});
	expect(packed(spans).request).toEqual(theirs(spans));
});

it("writes whatever texts and numbers there are", () => {
	fc.assert(
		fc.property(
			fc.string({ unit: "grapheme", maxLength: 300 }),
			// Whole numbers of 54 to 63 bits, which a double does not tell apart, are integers to the SDK and doubles to us.
			fc
				.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true }))
				.filter(
					(number) => Math.abs(number) < 2 ** 53 || Math.abs(number) > 2 ** 63,
				),
			(text, number) => {
				const spans = made((tracer) =>
					tracer
						.startSpan(text, { attributes: { text, number, [text]: 1 } })
						.end(),
				);
				expect(packed(spans).request).toEqual(theirs(spans));
			},
		),
	);
});

it("leaves in packets of a bounded size, those of the life of requests apart", () => {
	const spans = made((tracer) => {
		for (let n = 0; n < 2000; n += 1)
			tracer
				.startSpan(`${n}`, {
					attributes: {
						[ATTRIBUTE.lifecycle]: n % 2 === 0,
						why: "w".repeat(100),
					},
				})
				.end();
	});
	const { packets, request } = packed(spans);
	const sum = (of: readonly Packet[]) =>
		of.reduce((total, packet) => total + packet.spans, 0);
	expect(sum(packets.filter(({ lifecycle }) => lifecycle))).toBe(1000);
	expect(sum(packets)).toBe(2000);
	expect(packets.length).toBeGreaterThan(4);
	for (const { bytes } of packets) expect(bytes.length).toBeLessThan(70_000);
	const names = request.resourceSpans
		.flatMap((some) => some.scopeSpans)
		.flatMap((some) => some.spans.map(({ name }) => Number(name)));
	expect(names.toSorted((a, b) => a - b)).toEqual([...spans.keys()]);
});

it("writes what was written down long after it happened", () => {
	const packets: Packet[] = [];
	const packer = new Packer((packet) => packets.push(packet));
	const recorded = {
		name: "waiting",
		traceId: "0af7651916cd43dd8448eb211c80319c",
		spanId: "b7ad6b7169203331",
		parentSpanId: undefined,
		start: 1_700_000_000_000.25,
		end: 1_700_000_000_001,
		attributes: { [ATTRIBUTE.attempt]: 2 },
		error: "it is down",
	};
	packer.recorded("polytope.store", recorded);
	packer.cut();
	const [span] =
		read(requestMaker({})(packets)).resourceSpans[0]?.scopeSpans[0]?.spans ??
		[];
	expect(span).toMatchObject({
		name: "waiting",
		kind: SpanKind.INTERNAL + 1,
		parentSpanId: new Uint8Array(),
		startTimeUnixNano: 1_700_000_000_000_250_000n,
		endTimeUnixNano: 1_700_000_000_001_000_000n,
		status: { code: SpanStatusCode.ERROR, message: "it is down" },
	});
	expect(Buffer.from(span?.traceId ?? []).toString("hex")).toBe(
		recorded.traceId,
	);
});
