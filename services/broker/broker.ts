import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import {
	type Dispatch,
	type LanesResponse,
	Status,
} from "../../gen/polytope/store/v1/store_pb.js";
import { follow } from "../platform/follow.ts";
import type { BrokerContext } from "./context.ts";
import { decide, type View } from "./decide.ts";
import { openPatience } from "./patience.ts";
import { followPaused } from "./paused.ts";
import { openRipening, type Ripening } from "./ripening.ts";
import { openTroubles, type Troubles } from "./troubles.ts";

/** Lanes read at a look, per collection. */
const LANES = 64;
/** A request that is `queued` for longer has perhaps lost its dispatch; ringing again harms nobody. */
const STALE_DISPATCH_MS = 30_000;
/** Milliseconds before the broker looks again after an outage. */
const AGAIN_MS = 500;
/** Milliseconds in which the leader hears that a collection was paused, or resumed, at another broker. */
const PAUSED_MS = 1_000;
/** Dispatches read at once when ringing again. */
const PAGE = 1000;

/**
 * Runs until the signal ends: woken by a new row or a finished one; a slow sweep heals missed wakes. While the queue
 * takes no dispatches nothing more is admitted: requests wait in the store, where it is cheap.
 */
export async function runBroker(
	ctx: BrokerContext,
	signal: AbortSignal,
): Promise<void> {
	const ripening = openRipening(ctx);
	const background = [
		followStore(ctx, ripening, signal),
		followPaused(ctx, PAUSED_MS, signal),
	];
	using troubles = openTroubles(ctx);
	const round = openRound(ctx, ripening, troubles);
	let failing = false;
	while (!signal.aborted) {
		try {
			await round(signal);
			failing = false;
		} catch (reason) {
			if (!failing && !signal.aborted)
				ctx.log.error(
					{ event: "broker.failed", err: reason },
					"the broker could not decide; it tries again until it can",
				);
			failing = true;
		}
		const due = Math.min(ctx.sweepMs, Math.max(ripening.untilDue(), 1));
		await ctx.bell.wait(failing ? AGAIN_MS : due, signal);
	}
	await Promise.all(background);
}

/** Woken by whatever may let somebody be admitted. */
const followStore = (
	ctx: BrokerContext,
	ripening: Ripening,
	signal: AbortSignal,
): Promise<void> =>
	follow(
		ctx.store,
		[Status.WAITING, Status.PROCESSED, Status.FAILED, Status.CANCELLED],
		(changes) => {
			ripening.hear(changes);
			ctx.bell.ring();
		},
		ctx.log,
		signal,
	);

/** One round of the broker: mends what is to be mended, then admits for as long as there is somebody to admit. */
function openRound(
	ctx: BrokerContext,
	ripening: Ripening,
	troubles: Troubles,
): (signal: AbortSignal) => Promise<void> {
	const patience = openPatience(STALE_DISPATCH_MS, ctx.clock);
	// Since when requests may have been admitted whose dispatch was not sent, ms since 1970. Who led before, or this
	// process before it ended, may have died between the two: so at first all that is queued is unsure.
	let unsureSince: number | undefined = 0;
	let sweepAt = ctx.clock.now();
	return async (signal) => {
		const begun = ctx.clock.now();
		try {
			if (unsureSince !== undefined) {
				await ctx.paused.read();
				await dispatchUnsure(ctx, unsureSince);
				unsureSince = undefined;
			}
			await mend(ctx, troubles);
			if (begun >= sweepAt) {
				await dispatchQueued(ctx, STALE_DISPATCH_MS, patience.due);
				ripening.hear([]);
				sweepAt = begun + ctx.sweepMs;
			}
			if (ripening.untilDue() === 0) await ripening.ripen();
			while (!signal.aborted && (await admitOnce(ctx)) > 0);
		} catch (reason) {
			unsureSince ??= begun;
			throw reason;
		}
	};
}

/** Rings again for what the queue has given up or lost, under new message ids. */
async function mend(ctx: BrokerContext, troubles: Troubles): Promise<void> {
	const { givenUp, lost } = troubles.take();
	const now = ctx.clock.now();
	try {
		await send(ctx, givenUp, (dispatch) => `${firstId(dispatch)}/${now}`);
		if (lost) await dispatchQueued(ctx, 0);
	} catch (reason) {
		troubles.putBack({ givenUp, lost });
		throw reason;
	}
}

/** One look and what follows from it; the number of requests admitted. */
export async function admitOnce(ctx: BrokerContext): Promise<number> {
	const collections = [...ctx.totals.keys()].filter(
		(name) => !ctx.paused.has(name),
	);
	const view = toView(await ctx.store.lanes({ collections, limit: LANES }));
	const admissions = decide(view, ctx);
	if (admissions.length === 0) return 0;
	const { dispatches } = await ctx.store.admit({ admissions });
	await send(ctx, dispatches, firstId);
	return dispatches.length;
}

/** Message id of a dispatch that is sent for the first time, as far as its sender knows. */
const firstId = ({ requestId, attempt, queuedAt }: Dispatch): string =>
	`${requestId}/${attempt}/${queuedAt ? timestampMs(queuedAt) : ""}`;

/** After an outage: what was admitted may not have been dispatched. What was, the queue recognises by its message id. */
const dispatchUnsure = (ctx: BrokerContext, since: number): Promise<number> =>
	dispatchAgain(ctx, {
		before: ctx.clock.now() + 1,
		since,
		messageId: firstId,
	});

/**
 * Rings for what has been queued for `ms` or longer: its dispatch may have been lost between the row and the queue, or
 * with the queue. A new message id, or de-duplication would swallow it.
 *
 * @param due of those, which to ring for; all when left out.
 */
export function dispatchQueued(
	ctx: BrokerContext,
	ms: number,
	due?: (dispatch: Dispatch) => boolean,
): Promise<number> {
	const now = ctx.clock.now();
	return dispatchAgain(ctx, {
		...(due && { due }),
		before: now - ms + 1,
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
	ctx: BrokerContext,
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

/** Sends all at once; they arrive in this order. @throws the fault FULL or UNAVAILABLE when not all were taken. */
async function send(
	{ queue, poolOf }: BrokerContext,
	dispatches: readonly Dispatch[],
	messageId: (dispatch: Dispatch) => string,
): Promise<void> {
	const sent = await Promise.allSettled(
		dispatches.map((dispatch) =>
			queue.publish(messageId(dispatch), {
				requestId: dispatch.requestId,
				attempt: dispatch.attempt,
				collection: dispatch.collection,
				pool: poolOf(dispatch.collection),
				traceparent: dispatch.traceparent,
			}),
		),
	);
	for (const one of sent) if (one.status === "rejected") throw one.reason;
}

export const toView = (read: LanesResponse): View => ({
	lanes: read.lanes.map((lane) => ({
		collection: lane.collection,
		userId: lane.userId,
		waiting: Number(lane.waiting),
		inFlight: Number(lane.inFlight),
		limit: lane.limit,
		headSeq: lane.headSeq,
	})),
	inFlight: new Map(
		read.inFlight.map((row) => [
			row.collection,
			Number(row.queuedOrProcessing),
		]),
	),
	workers: read.workers.map(({ pools, slots }) => ({
		pools,
		slots: Number(slots),
	})),
});
