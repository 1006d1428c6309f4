import type { IncomingMessage, ServerResponse } from "node:http";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { contextOf, spanContextOf } from "../platform/telemetry/context.ts";
import { ATTRIBUTE } from "../platform/telemetry/names.ts";
import type { StoredObject } from "./objects.ts";

/**
 * The download of a result belongs to the trace of its request: a span from now until the answer has gone. Its address
 * is a secret, and not told.
 */
export function traceDownload(
	request: IncomingMessage,
	response: ServerResponse,
	{ traceparent }: StoredObject,
): void {
	const parent = spanContextOf(traceparent ?? "");
	if (parent === undefined) return;
	const method = request.method ?? "";
	const before = request.socket.bytesWritten;
	const span = trace.getTracer("polytope.staging").startSpan(
		`${method} /api/v1/downloads/{key}`,
		{
			kind: SpanKind.SERVER,
			attributes: {
				[ATTRIBUTE.lifecycle]: true,
				[ATTRIBUTE.role]: "staging",
				"http.request.method": method,
				"http.route": "/api/v1/downloads/{key}",
				"url.path": "/api/v1/downloads/REDACTED",
				"url.scheme": "http",
			},
		},
		contextOf(parent),
	);
	response.once("close", () => {
		span.setAttributes({
			"http.response.status_code": response.statusCode,
			[ATTRIBUTE.bytes]: request.socket.bytesWritten - before,
		});
		if (!response.writableFinished)
			span.setStatus({
				code: SpanStatusCode.ERROR,
				message: "the client left",
			});
		span.end();
	});
}
