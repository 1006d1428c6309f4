import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { SpanKind } from "@opentelemetry/api";
import type { Dispatch } from "../../gen/polytope/store/v1/store_pb.js";
import { contextOf, spanContextOf } from "../platform/telemetry/context.ts";
import { INSTRUMENTS } from "../platform/telemetry/instruments.ts";
import { ATTRIBUTE } from "../platform/telemetry/names.ts";
import { type Inner, inSpan } from "../platform/telemetry/spans.ts";
import type { BrokerContext } from "./context.ts";

/**
 * Admissions bear the store's time, of which the broker hears late: when nothing may be left out, it looks so much further,
 * in milliseconds. What is rung for needlessly the queue or the claim recognises.
 */
const APART_MS = 60_000;
/** Dispatches read at once when ringing again. */
const PAGE = 1000;

/** What sending again needs. */
type Sending = Pick<BrokerContext, "store" | "queue" | "clock" | "poolOf">;

/** Message id of a dispatch that is sent for the first time, as far as its sender knows. */
export const firstId = ({ requestId, attempt, queuedAt }: Dispatch): string =>
	`${requestId}/${attempt}/${queuedAt ? timestampMs(queuedAt) : ""}`;

/** After an outage: what was admitted may not have been dispatched. What was, the queue recognises by its message id. */
export const dispatchUnsure = (ctx: Sending, since: number): Promise<number> =>
	dispatchAgain(ctx, {
		before: ctx.clock.now() + APART_MS,
		since: Math.max(0, since - APART_MS),
		messageId: firstId,
	});

/**
 * Rings for what has been queued for `ms` or longer: its dispatch may have been lost between the row and the queue, or
 * with the queue. A new message id, or de-duplication would swallow it.
 *
 * @param due of those, which to ring for; all when left out.
 */
export function dispatchQueued(
	ctx: Sending,
	ms: number,
	due?: (dispatch: Dispatch) => boolean,
): Promise<number> {
	const now = ctx.clock.now();
	return dispatchAgain(ctx, {
		...(due && { due }),
		before: ms === 0 ? now + APART_MS : now - ms + 1,
		messageId: (dispatch) => `${firstId(dispatch)}/${now}`,
	});
}

/** Which queued requests are rung for again. */
interface Again {
	/** Only those that are queued since this time (ms since 1970) or longer. */
	readonly before: number;
	/** Only those that are queued since this time or later. */
	readonly since?: number;
	/** Only those of which this is true. */
	readonly due?: (dispatch: Dispatch) => boolean;
	readonly messageId: (dispatch: Dispatch) => string;
}

/** Rings again for queued requests, all of them, page by page. */
async function dispatchAgain(
	ctx: Sending,
	{ before, since, due = () => true, messageId }: Again,
): Promise<number> {
	let rung = 0;
	let afterSeq = 0n;
	do {
		const { dispatches, nextSeq } = await ctx.store.undispatched({
			queuedBefore: timestampFromMs(before),
			...(since !== undefined && { queuedSince: timestampFromMs(since) }),
			afterSeq,
			limit: PAGE,
		});
		const wanted = dispatches.filter(due);
		await send(ctx, wanted, messageId);
		rung += wanted.length;
		afterSeq = nextSeq;
	} while (afterSeq > 0n);
	return rung;
}

/** Not those that the queue knew already. */
const taken = (sent: PromiseSettledResult<boolean>): boolean =>
	sent.status === "fulfilled" && sent.value;

const publishing = (
	{ requestId, attempt, traceparent }: Dispatch,
	system: string,
	messageId: string,
): Inner => ({
	role: "broker",
	name: "send dispatch",
	kind: SpanKind.PRODUCER,
	within: contextOf(spanContextOf(traceparent)),
	attributes: {
		"messaging.system": system,
		"messaging.operation.name": "send",
		"messaging.operation.type": "send",
		"messaging.destination.name": "dispatch",
		"messaging.message.id": messageId,
		[ATTRIBUTE.requestId]: requestId,
		[ATTRIBUTE.attempt]: attempt,
	},
});

/** Sends all at once; they arrive in this order. @throws the fault FULL or UNAVAILABLE when not all were taken. */
export async function send(
	{ queue, poolOf }: Pick<BrokerContext, "queue" | "poolOf">,
	dispatches: readonly Dispatch[],
	messageId: (dispatch: Dispatch) => string,
): Promise<void> {
	const sent = await Promise.allSettled(
		dispatches.map((dispatch) => {
			const id = messageId(dispatch);
			return inSpan(publishing(dispatch, queue.system, id), () =>
				queue.publish(id, {
					requestId: dispatch.requestId,
					attempt: dispatch.attempt,
					collection: dispatch.collection,
					pool: poolOf(dispatch.collection),
					traceparent: dispatch.traceparent,
				}),
			);
		}),
	);
	INSTRUMENTS.dispatched.add(sent.filter(taken).length, {
		"polytope.reason": messageId === firstId ? "admitted" : "again",
	});
	for (const one of sent) if (one.status === "rejected") throw one.reason;
}
