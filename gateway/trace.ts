import {
	type Attributes,
	type Context,
	context,
	type SpanContext,
	SpanKind,
	TraceFlags,
	trace,
} from "@opentelemetry/api";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { openScrub } from "../services/platform/log/scrub.ts";
import {
	contextOf,
	isSampled,
	spanContextOf,
	traceparentOf,
} from "../services/platform/telemetry/context.ts";
import { newSpanId, newTraceId } from "../services/platform/telemetry/ids.ts";
import { ATTRIBUTE } from "../services/platform/telemetry/names.ts";
import { record, tracing } from "../services/platform/telemetry/recorded.ts";
import { flagsOf } from "../services/platform/telemetry/sampling.ts";
import { within } from "../services/platform/telemetry/spans.ts";
import { clientTraceparent } from "./submission.ts";

/** Submissions: each begins the trace of its request. */
const SUBMIT = "/api/v1/requests/*";
const DOWNLOADS = "/api/v1/downloads/";

/** A request that is being answered. */
interface Serving {
	readonly own: SpanContext;
	readonly client: SpanContext | undefined;
	/** Milliseconds since 1970. */
	readonly start: number;
	/** On the steady clock. */
	readonly begun: number;
	readonly name: string;
	readonly attributes: Attributes;
}

/**
 * A server span for each HTTP request, as the child of the client's where it names one. That of a submission is the root
 * of its request's trace: always kept where spans leave this system; whether inner spans are wanted is said beside it.
 * It is made when the answer has gone: until then two ids are all that there need be of it.
 */
export function traceHttp(app: FastifyInstance): void {
	const served = new WeakMap<FastifyRequest, Serving>();
	app.addHook("onRequest", (request, _reply, done) => {
		const wanted = tracing();
		if (wanted === undefined) return done();
		const route = request.routeOptions.url;
		const submits = request.method === "POST" && route === SUBMIT;
		const client = spanContextOf(clientTraceparent(request.raw));
		// Most have no span: that must cost nothing. A submission has a trace in any case.
		if (
			!submits &&
			!(client ? isSampled(client) : Math.random() < wanted.share)
		)
			return done();
		const own = newSpan(client, submits ? wanted.share : 1);
		if (isSampled(own) || wanted.lifecycle)
			served.set(request, {
				...{ own, client, start: Date.now(), begun: performance.now() },
				name:
					route === undefined ? request.method : `${request.method} ${route}`,
				attributes: {
					[ATTRIBUTE.role]: "gateway",
					...(submits && wanted.lifecycle && { [ATTRIBUTE.lifecycle]: true }),
					"http.request.method": request.method,
					...(route !== undefined && { "http.route": route }),
					"url.path": pathOf(request.raw.url ?? ""),
					"url.scheme": request.protocol,
					"network.protocol.version": request.raw.httpVersion,
				},
			});
		const inner = trace.wrapSpanContext(own);
		context.with(within(contextOf(client), inner, "gateway"), done);
	});
	app.addHook("onResponse", (request, reply, done) => {
		const serving = served.get(request);
		if (served.delete(request) && serving) endHttp(serving, reply);
		done();
	});
	// A client that leaves gets no response.
	app.addHook("onRequestAbort", (request, done) => {
		const serving = served.get(request);
		if (served.delete(request) && serving) end(serving, {}, "the client left");
		done();
	});
}

/** @param share of new traces, those whose inner spans are wanted */
function newSpan(client: SpanContext | undefined, share: number): SpanContext {
	const traceId = client?.traceId ?? newTraceId();
	const traceFlags =
		client?.traceFlags ??
		(share < 1 ? flagsOf(traceId, share) : TraceFlags.SAMPLED);
	return { traceId, spanId: newSpanId(), traceFlags };
}

/** A span is read by many, and sent to others: whoever has a result's address has the result. */
const clean = openScrub();
const pathOf = (url: string): string =>
	url.startsWith(DOWNLOADS)
		? `${DOWNLOADS}REDACTED`
		: clean.text(url.replace(/[?#].*$/, ""));

function endHttp(serving: Serving, { statusCode }: FastifyReply): void {
	const status = { "http.response.status_code": statusCode };
	if (statusCode < 500) end(serving, status);
	else end(serving, { ...status, "error.type": String(statusCode) }, "");
}

function end(serving: Serving, more: Attributes, error?: string): void {
	const { own, client, start, begun, name, attributes } = serving;
	record("polytope.gateway", [
		{
			...{ name, kind: SpanKind.SERVER, error, start },
			end: start + performance.now() - begun,
			traceId: own.traceId,
			spanId: own.spanId,
			parentSpanId: client?.spanId,
			attributes: { ...attributes, ...more },
		},
	]);
}

/** What a submission's row keeps: its own span where it is traced, else the client's; empty without. */
export function submissionTraceparent(
	request: FastifyRequest,
	of: Context = context.active(),
): string {
	const span = trace.getSpanContext(of);
	return span ? traceparentOf(span) : clientTraceparent(request.raw);
}
