import type { SpanContext } from "@opentelemetry/api";
import { openScrub } from "../log/scrub.ts";
import { spanContextOf } from "./context.ts";
import { ATTRIBUTE } from "./names.ts";
import type { RecordedSpan } from "./recorded.ts";

/** What a request's row tells of its life. */
export interface Life {
	readonly id: string;
	/** Of its submission; empty when it came without. */
	readonly traceparent: string;
	readonly collection: string;
	readonly datasource: string;
	readonly verb: string;
	/** Of the result; undefined without one. */
	readonly bytes: number | undefined;
	readonly history: readonly Step[];
}

export interface Step {
	/** The word of the life cycle. */
	readonly status: string;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly attempt: number;
	/** Why; empty for the ordinary way. */
	readonly reason: string;
}

const clean = openScrub();

/** Why, without what a datasource should not have said: a span is read by many, and sent to others. */
const said = ({ reason }: Step): string => clean.text(reason);

/** A span's id that everybody finds who knows the request: it can be a parent before it is made. */
const idOf = (
	id: string,
	kind: keyof typeof KINDS,
	...at: readonly number[]
): string => {
	const number = at.reduce((sum, one) => sum * 256 + one, 0);
	return `${KINDS[kind]}${hex(number, 5)}${id.replaceAll("-", "").slice(-10)}`;
};

/** Random are the last ten digits of a request's id: the first six tell its spans apart. */
const KINDS = { request: "a", stretch: "b", attempt: "c" } as const;

const hex = (number: number, digits: number): string =>
	(number % 16 ** digits).toString(16).padStart(digits, "0");

const traceIdOf = (id: string): string => id.replaceAll("-", "");

/** The span of one attempt, as the parent of what a worker does for it. */
export function attemptSpan(
	request: Pick<Life, "id" | "traceparent">,
	attempt: number,
): SpanContext | undefined {
	const submission = spanContextOf(request.traceparent);
	return (
		submission && {
			...submission,
			spanId: idOf(request.id, "attempt", attempt),
		}
	);
}

const FINAL = ["processed", "failed", "cancelled"];
const isFinal = ({ status }: Step): boolean => FINAL.includes(status);

/**
 * The spans of a request's life, from what its row tells: `request` from the submission to the end, the child of the
 * submission; and its children, one for each stretch: `uploading`, `waiting`, `queued`, `attempt`. A failed request that
 * an operator revived has lived several times: each life has its own. Of a life that has not ended, the stretches that
 * are over.
 */
export function lifecycleSpans(life: Life): RecordedSpan[] {
	const lives: Step[][] = [[]];
	for (const step of life.history) {
		lives.at(-1)?.push(step);
		if (isFinal(step)) lives.push([]);
	}
	return lives.flatMap((steps, index) => spansOf(life, steps, index));
}

/** Those of the life that ended last. */
export function lastLifeSpans(life: Life): RecordedSpan[] {
	const ends = life.history.flatMap((step, at) => (isFinal(step) ? [at] : []));
	const from = (ends.at(-2) ?? -1) + 1;
	const steps = life.history.slice(from, (ends.at(-1) ?? -1) + 1);
	return spansOf(life, steps, Math.max(0, ends.length - 1));
}

function spansOf(
	life: Life,
	steps: readonly Step[],
	index: number,
): RecordedSpan[] {
	const [first] = steps;
	const last = steps.at(-1);
	if (first === undefined || last === undefined) return [];
	const submission = spanContextOf(life.traceparent);
	const common = {
		traceId: submission?.traceId ?? traceIdOf(life.id),
		attributes: {
			[ATTRIBUTE.lifecycle]: true,
			[ATTRIBUTE.role]: "store",
			[ATTRIBUTE.requestId]: life.id,
			[ATTRIBUTE.collection]: life.collection,
		},
	};
	const spanId = idOf(life.id, "request", index);
	const stretches = steps.slice(0, -1).map((step, at) => {
		const next = steps[at + 1] ?? last;
		return stretchOf({ life, common, parent: spanId, step, next, index, at });
	});
	if (!isFinal(last)) return stretches;
	const whole: RecordedSpan = {
		...common,
		name: "request",
		spanId,
		parentSpanId: submission?.spanId,
		start: first.at,
		end: last.at,
		attributes: {
			...common.attributes,
			[ATTRIBUTE.verb]: life.verb,
			[ATTRIBUTE.datasource]: life.datasource,
			[ATTRIBUTE.status]: last.status,
			[ATTRIBUTE.attempt]: last.attempt,
			...(life.bytes !== undefined && { [ATTRIBUTE.bytes]: life.bytes }),
		},
		error: last.status === "failed" ? said(last) : undefined,
	};
	return [whole, ...stretches];
}

interface Stretch {
	readonly life: Life;
	readonly common: Pick<RecordedSpan, "traceId" | "attributes">;
	readonly parent: string;
	readonly step: Step;
	readonly next: Step;
	readonly index: number;
	readonly at: number;
}

function stretchOf(stretch: Stretch): RecordedSpan {
	const { life, common, parent, step, next, index, at } = stretch;
	const attempted = step.status === "processing";
	return {
		...common,
		name: attempted ? "attempt" : step.status,
		spanId: attempted
			? idOf(life.id, "attempt", step.attempt)
			: idOf(life.id, "stretch", index, at),
		parentSpanId: parent,
		start: step.at,
		end: next.at,
		attributes: {
			...common.attributes,
			...(attempted && { [ATTRIBUTE.datasource]: life.datasource }),
			[ATTRIBUTE.attempt]: next.attempt,
			[ATTRIBUTE.status]: next.status,
			...(next.reason !== "" && { [ATTRIBUTE.reason]: said(next) }),
		},
		error: attempted && next.status === "failed" ? said(next) : undefined,
	};
}
