import {
	type Attributes,
	type AttributeValue,
	type HrTime,
	type Link,
	type SpanContext,
	SpanKind,
	SpanStatusCode,
	TraceFlags,
} from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { RecordedSpan } from "../recorded.ts";
import { BYTES, FIXED32, FIXED64, VARINT, Wire } from "./wire.ts";

/** Flags beside those of `traceparent`: whether it is known that the parent is elsewhere, and whether it is. */
const KNOWN = 0x100;
const REMOTE = 0x200;

/** Writes a span of ours as a field `spans` of OTLP's `ScopeSpans`: for its proto, see `trace.proto`. */
export function writeRecorded(wire: Wire, span: RecordedSpan): void {
	const begun = open(wire, span.traceId, span.spanId, span.parentSpanId);
	wire.tag(5, BYTES);
	wire.text(span.name);
	writeKind(wire, span.kind ?? SpanKind.INTERNAL);
	wire.tag(7, FIXED64);
	wire.fixed64(fromMs(span.start));
	wire.tag(8, FIXED64);
	wire.fixed64(fromMs(Math.max(span.start, span.end)));
	writeAttributes(wire, 9, span.attributes);
	if (span.error !== undefined)
		writeStatus(wire, SpanStatusCode.ERROR, span.error);
	wire.tag(16, FIXED32);
	wire.fixed32(TraceFlags.SAMPLED | KNOWN);
	wire.end(begun);
}

/** The same of a span that the SDK has made. */
export function writeReadable(wire: Wire, span: ReadableSpan): void {
	const own = span.spanContext();
	const parent = span.parentSpanContext;
	const begun = open(wire, own.traceId, own.spanId, parent?.spanId);
	wire.tag(5, BYTES);
	wire.text(span.name);
	writeKind(wire, span.kind);
	wire.tag(7, FIXED64);
	wire.fixed64(fromHrTime(span.startTime));
	wire.tag(8, FIXED64);
	wire.fixed64(fromHrTime(span.endTime));
	writeAttributes(wire, 9, span.attributes);
	for (const { time, name, attributes } of span.events) {
		wire.tag(11, BYTES);
		const event = wire.begin();
		wire.tag(1, FIXED64);
		wire.fixed64(fromHrTime(time));
		wire.tag(2, BYTES);
		wire.text(name);
		writeAttributes(wire, 3, attributes ?? {});
		wire.end(event);
	}
	for (const link of span.links) writeLink(wire, link);
	writeDropped(wire, 10, span.droppedAttributesCount);
	writeDropped(wire, 12, span.droppedEventsCount);
	writeDropped(wire, 14, span.droppedLinksCount);
	const { code, message } = span.status;
	if (code !== SpanStatusCode.UNSET) writeStatus(wire, code, message);
	wire.tag(16, FIXED32);
	wire.fixed32(flagsOf(own, parent));
	wire.end(begun);
}

function open(
	wire: Wire,
	traceId: string,
	spanId: string,
	parent: string | undefined,
): number {
	wire.tag(2, BYTES);
	const begun = wire.begin();
	wire.tag(1, BYTES);
	wire.hex(traceId);
	wire.tag(2, BYTES);
	wire.hex(spanId);
	if (parent !== undefined) {
		wire.tag(4, BYTES);
		wire.hex(parent);
	}
	return begun;
}

function writeDropped(wire: Wire, field: number, count: number): void {
	if (count === 0) return;
	wire.tag(field, VARINT);
	wire.varint(count);
}

const flagsOf = (own: SpanContext, parent: SpanContext | undefined): number =>
	own.traceFlags | KNOWN | (parent?.isRemote === true ? REMOTE : 0);

/** OTLP's kinds begin with 1, the API's with 0. */
function writeKind(wire: Wire, kind: SpanKind): void {
	wire.tag(6, VARINT);
	wire.varint(kind + 1);
}

function writeLink(wire: Wire, { context, attributes }: Link): void {
	wire.tag(13, BYTES);
	const begun = wire.begin();
	wire.tag(1, BYTES);
	wire.hex(context.traceId);
	wire.tag(2, BYTES);
	wire.hex(context.spanId);
	writeAttributes(wire, 4, attributes ?? {});
	wire.tag(6, FIXED32);
	wire.fixed32(flagsOf(context, context));
	wire.end(begun);
}

function writeStatus(wire: Wire, code: number, message = ""): void {
	wire.tag(15, BYTES);
	const begun = wire.begin();
	if (message !== "") {
		wire.tag(2, BYTES);
		wire.text(message);
	}
	wire.tag(3, VARINT);
	wire.varint(code);
	wire.end(begun);
}

/** Names of attributes as they are written: few, and the same again and again. */
const names = new Map<string, Uint8Array>();
const NAMES = 256;

function nameOf(name: string): Uint8Array {
	const known = names.get(name);
	if (known !== undefined) return known;
	const wire = new Wire();
	wire.tag(1, BYTES);
	wire.text(name);
	const bytes = wire.take();
	if (names.size < NAMES) names.set(name, bytes);
	return bytes;
}

/** @param field of `KeyValue`s; those without a value are left out */
export function writeAttributes(
	wire: Wire,
	field: number,
	attributes: Attributes,
): void {
	for (const name in attributes) {
		const value = attributes[name];
		if (value === undefined) continue;
		wire.tag(field, BYTES);
		const begun = wire.begin();
		wire.raw(nameOf(name));
		wire.tag(2, BYTES);
		writeValue(wire, value);
		wire.end(begun);
	}
}

/** An `AnyValue`, with its length. */
function writeValue(
	wire: Wire,
	value: AttributeValue | null | undefined,
): void {
	const begun = wire.begin();
	if (typeof value === "string") {
		wire.tag(1, BYTES);
		wire.text(value);
	} else if (typeof value === "boolean") {
		wire.tag(2, VARINT);
		wire.varint(value ? 1 : 0);
	} else if (typeof value === "number") writeNumber(wire, value);
	else if (Array.isArray(value)) {
		wire.tag(5, BYTES);
		const list = wire.begin();
		for (const one of value) {
			wire.tag(1, BYTES);
			writeValue(wire, one);
		}
		wire.end(list);
	}
	wire.end(begun);
}

function writeNumber(wire: Wire, value: number): void {
	if (Number.isSafeInteger(value)) {
		wire.tag(3, VARINT);
		wire.int(value);
	} else {
		wire.tag(4, FIXED64);
		wire.double(value);
	}
}

/** Nanoseconds since 1970, of milliseconds. */
function fromMs(ms: number): bigint {
	const whole = Math.floor(ms);
	return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}

const fromHrTime = ([seconds, nanoseconds]: HrTime): bigint =>
	BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
