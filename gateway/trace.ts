import {
	type Context,
	context,
	type Span,
	SpanKind,
	SpanStatusCode,
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
import { ATTRIBUTE } from "../services/platform/telemetry/names.ts";
import { tracing } from "../services/platform/telemetry/recorded.ts";
import { decided, flagsOf } from "../services/platform/telemetry/sampling.ts";
import { within } from "../services/platform/telemetry/spans.ts";
import { clientTraceparent } from "./submission.ts";

/** Submissions: each begins the trace of its request. */
const SUBMIT = "/api/v1/requests/*";
const DOWNLOADS = "/api/v1/downloads/";

/**
 * A server span for each HTTP request, as the child of the client's where it names one. That of a submission is the root
 * of its request's trace: always kept where spans leave this system; whether inner spans are wanted is said beside it.
 */
export function traceHttp(app: FastifyInstance): void {
	const spans = new WeakMap<FastifyRequest, Span>();
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
		const span = trace.getTracer("polytope.gateway").startSpan(
			route === undefined ? request.method : `${request.method} ${route}`,
			{
				kind: SpanKind.SERVER,
				attributes: {
					[ATTRIBUTE.role]: "gateway",
					...(submits && wanted.lifecycle && { [ATTRIBUTE.lifecycle]: true }),
					"http.request.method": request.method,
					...(route !== undefined && { "http.route": route }),
					"url.path": pathOf(request.raw.url ?? ""),
					"url.scheme": request.protocol,
					"network.protocol.version": request.raw.httpVersion,
				},
			},
			submits ? contextOf(client) : decided(contextOf(client)),
		);
		spans.set(request, span);
		const own = span.spanContext();
		const traceFlags =
			client?.traceFlags ??
			(submits ? flagsOf(own.traceId, wanted.share) : TraceFlags.SAMPLED);
		const inner = trace.wrapSpanContext({ ...own, traceFlags });
		context.with(within(contextOf(client), inner, "gateway"), done);
	});
	app.addHook("onResponse", (request, reply, done) => {
		const span = spans.get(request);
		if (span !== undefined) endHttp(span, reply);
		done();
	});
	// A client that leaves gets no response.
	app.addHook("onRequestAbort", (request, done) => {
		const span = spans.get(request);
		span?.setStatus({ code: SpanStatusCode.ERROR, message: "the client left" });
		span?.end();
		done();
	});
}

/** A span is read by many, and sent to others: whoever has a result's address has the result. */
const clean = openScrub();
const pathOf = (url: string): string =>
	url.startsWith(DOWNLOADS)
		? `${DOWNLOADS}REDACTED`
		: clean.text(url.replace(/[?#].*$/, ""));

function endHttp(span: Span, { statusCode }: FastifyReply): void {
	span.setAttribute("http.response.status_code", statusCode);
	if (statusCode >= 500) {
		span.setStatus({ code: SpanStatusCode.ERROR });
		span.setAttribute("error.type", String(statusCode));
	}
	span.end();
}

/** What a submission's row keeps: its own span where it is traced, else the client's; empty without. */
export function submissionTraceparent(
	request: FastifyRequest,
	of: Context = context.active(),
): string {
	const span = trace.getSpanContext(of);
	return span ? traceparentOf(span) : clientTraceparent(request.raw);
}
