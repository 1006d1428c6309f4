import {
	type Attributes,
	type Context,
	context,
	createContextKey,
	type Span,
	SpanKind,
	SpanStatusCode,
	trace,
} from "@opentelemetry/api";
import { openScrub } from "../log/scrub.ts";
import { linksIn, wantedSpan } from "./context.ts";
import { ATTRIBUTE } from "./names.ts";

export interface Inner {
	/** Who does it. */
	readonly role: string;
	readonly name: string;
	readonly kind?: SpanKind;
	readonly attributes?: Attributes;
	/** What it belongs to; without it, what is being done now. */
	readonly within?: Context;
}

const ROLE = createContextKey("polytope role");

/** Who does what is being done in a context. */
export function roleIn(of: Context): string {
	const role = of.getValue(ROLE);
	return typeof role === "string" ? role : "server";
}

/** The context of work of a role, within its span where it has one. Who does it is told only where spans are wanted. */
export function within(
	outer: Context,
	span: Span | undefined,
	role: string,
): Context {
	const own = span === undefined ? outer : trace.setSpan(outer, span);
	return wantedSpan(own) === undefined ? own : own.setValue(ROLE, role);
}

/** Begins an inner span; undefined when none is wanted here, and then it has cost nothing. */
export function beginInner(inner: Inner): Span | undefined {
	const outer = inner.within ?? context.active();
	if (wantedSpan(outer) === undefined) return undefined;
	const { role, name, kind = SpanKind.INTERNAL, attributes } = inner;
	return trace.getTracer(`polytope.${role}`).startSpan(
		name,
		{
			kind,
			links: linksIn(outer),
			attributes: { [ATTRIBUTE.role]: role, ...attributes },
		},
		outer,
	);
}

/** Does something within an inner span, which ends with it; without a span when none is wanted. */
export async function inSpan<T>(
	inner: Inner,
	work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
	const outer = inner.within ?? context.active();
	const span = beginInner(inner);
	if (span === undefined)
		return inner.within === undefined
			? work(undefined)
			: context.with(outer, () => work(undefined));
	const own = within(outer, span, inner.role);
	try {
		return await context.with(own, () => work(span));
	} catch (reason) {
		failSpan(span, reason);
		throw reason;
	} finally {
		span.end();
	}
}

/** A span is read by many, and sent to others. */
const clean = openScrub();

export function failSpan(span: Span, reason: unknown): void {
	const message = reason instanceof Error ? reason.message : String(reason);
	span.setStatus({ code: SpanStatusCode.ERROR, message: clean.text(message) });
	span.setAttribute(
		"error.type",
		reason instanceof Error ? reason.name : "_OTHER",
	);
}
