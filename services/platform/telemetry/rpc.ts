import type { DescMethod } from "@bufbuild/protobuf";
import type { Interceptor } from "@connectrpc/connect";
import {
	type Attributes,
	context,
	type Span,
	SpanKind,
	trace,
} from "@opentelemetry/api";
import {
	contextOf,
	isSampled,
	spanContextOf,
	traceparentOf,
	wantedSpan,
} from "./context.ts";
import { methodName, statusName } from "./rpc-names.ts";
import { beginInner, failSpan, roleIn, within } from "./spans.ts";

export const TRACEPARENT = "traceparent";

/** `polytope.store.v1.StoreService` is served by the role `store`. */
const servingRole = ({ parent }: DescMethod): string =>
	parent.typeName.split(".")[1] ?? "";

/** OpenTelemetry's semantic conventions of RPC spans. */
const attributesOf = (method: DescMethod): Attributes => ({
	"rpc.system.name": "grpc",
	"rpc.method": methodName(method),
});

/** The caller's span of a call; undefined when none is wanted. Whoever begins it ends it with {@link endCall}. */
export const beginCall = (method: DescMethod): Span | undefined =>
	wantedSpan() === undefined
		? undefined
		: beginInner({
				role: roleIn(context.active()),
				name: methodName(method),
				kind: SpanKind.CLIENT,
				attributes: attributesOf(method),
			});

export function endCall(span: Span | undefined, failure?: unknown): void {
	if (span === undefined) return;
	if (failure !== undefined) {
		failSpan(span, failure);
		span.setAttribute("error.type", statusName(failure));
	}
	span.setAttribute("rpc.status_code", statusName(failure));
	span.end();
}

/** A single call over the wire within its span, which its headers name. */
export function tracedCall<T>(
	method: DescMethod,
	header: Headers,
	call: () => Promise<T>,
): Promise<T> {
	const span = beginCall(method);
	if (span === undefined) return call();
	header.set(TRACEPARENT, traceparentOf(span.spanContext()));
	return ending(call(), [span]);
}

/** Ends the spans of a call with it, the inner one first. */
async function ending<T>(
	call: Promise<T>,
	spans: readonly (Span | undefined)[],
): Promise<T> {
	try {
		const answer = await call;
		for (const span of spans) endCall(span);
		return answer;
	} catch (reason) {
		for (const span of spans) endCall(span, reason);
		throw reason;
	}
}

/** A single call within this process: the spans of both its sides, as over the wire. */
export function tracedNear<T>(
	method: DescMethod,
	call: () => Promise<T>,
): Promise<T> {
	const asking = beginCall(method);
	if (asking === undefined) return call();
	const role = servingRole(method);
	const asked = trace.setSpan(context.active(), asking);
	const serving = beginInner({
		role,
		name: methodName(method),
		kind: SpanKind.SERVER,
		attributes: attributesOf(method),
		within: asked,
	});
	const called = context.with(within(asked, serving, role), call);
	return ending(called, [serving, asking]);
}

/** The span of the side that serves, as a child of the one that the caller's headers name. */
export const traceServed: Interceptor = (next) => async (request) => {
	const caller = spanContextOf(request.header.get(TRACEPARENT) ?? "");
	if (!isSampled(caller)) return next(request);
	const role = servingRole(request.method);
	const span = beginInner({
		role,
		name: methodName(request.method),
		kind: SpanKind.SERVER,
		attributes: attributesOf(request.method),
		within: contextOf(caller),
	});
	try {
		const serving = within(contextOf(caller), span, role);
		const answer = await context.with(serving, () => next(request));
		endCall(span);
		return answer;
	} catch (reason) {
		endCall(span, reason);
		throw reason;
	}
};
