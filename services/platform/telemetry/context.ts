import {
	type Context,
	context,
	createContextKey,
	type Link,
	ROOT_CONTEXT,
	type SpanContext,
	TraceFlags,
	trace,
} from "@opentelemetry/api";
import { parseTraceParent } from "@opentelemetry/core";

/**
 * A context as a chain: one more value costs one small object, where the API's own copies all that there are. Chains are
 * as long as work is deep.
 */
class Chain implements Context {
	readonly #before: Context;
	readonly #key: symbol;
	readonly #value: unknown;

	constructor(before: Context, key: symbol, value: unknown) {
		this.#before = before;
		this.#key = key;
		this.#value = value;
	}

	getValue(key: symbol): unknown {
		let at: Context = this;
		while (at instanceof Chain) {
			if (at.#key === key) return at.#value;
			at = at.#before;
		}
		return at.getValue(key);
	}

	setValue(key: symbol, value: unknown): Context {
		return new Chain(this, key, value);
	}

	deleteValue(key: symbol): Context {
		return new Chain(this, key, undefined);
	}
}

/** Where nothing is known of what is being done. */
const ROOT: Context = new Chain(
	ROOT_CONTEXT,
	createContextKey("polytope"),
	true,
);

/** The span that a `traceparent` (W3C Trace Context §3.2) names; undefined when it is empty or malformed. */
export function spanContextOf(traceparent: string): SpanContext | undefined {
	const parsed = traceparent === "" ? null : parseTraceParent(traceparent);
	return parsed === null ? undefined : { ...parsed, isRemote: true };
}

export const traceparentOf = ({
	traceId,
	spanId,
	traceFlags,
}: SpanContext): string =>
	`00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;

/** The context in which what is done belongs to that span; the root without one. */
export function contextOf(span: SpanContext | undefined): Context {
	return span === undefined ? ROOT : trace.setSpanContext(ROOT, span);
}

export const isSampled = (span: SpanContext | undefined): boolean =>
	span !== undefined && (span.traceFlags & TraceFlags.SAMPLED) !== 0;

/** The active span, when inner spans of its trace are wanted. */
export function wantedSpan(
	within: Context = context.active(),
): SpanContext | undefined {
	const span = trace.getSpanContext(within);
	return isSampled(span) ? span : undefined;
}

const LINKS = createContextKey("polytope links");

/** The spans that a piece of work is done for besides its parent: those that share a batch. */
export const linksIn = (within: Context): Link[] => {
	const links = within.getValue(LINKS);
	return Array.isArray(links) ? links : [];
};

/**
 * The context of work that is done for several at once: the child of the first whose inner spans are wanted, linked to
 * the others; the root when nobody's are.
 */
export function sharedContext(
	spans: readonly (SpanContext | undefined)[],
): Context {
	const [first, ...others] = spans.filter((span) => isSampled(span));
	if (first === undefined) return ROOT;
	const links = others.flatMap((span): Link[] =>
		span === undefined ? [] : [{ context: span }],
	);
	return contextOf(first).setValue(LINKS, links);
}
