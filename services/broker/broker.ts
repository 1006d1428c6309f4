import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
	type Dispatch,
	type LanesResponse,
	Status,
} from "../../gen/polytope/store/v1/store_pb.js";
import { follow } from "../platform/follow.ts";
import type { BrokerContext } from "./context.ts";
import { decide, type View } from "./decide.ts";

/** Lanes read at a look, per collection. */
const LANES = 64;
/** A request that is `queued` for longer has perhaps lost its dispatch; ringing again harms nobody. */
const STALE_DISPATCH_MS = 30_000;

/** Runs until the signal ends: woken by a new row or a finished one; a slow sweep heals missed wakes. */
export async function runBroker(
	ctx: BrokerContext,
	signal: AbortSignal,
): Promise<void> {
	const wakes = [
		Status.WAITING,
		Status.PROCESSED,
		Status.FAILED,
		Status.CANCELLED,
	];
	const following = follow(
		ctx.store,
		wakes,
		() => ctx.bell.ring(),
		ctx.log,
		signal,
	);
	let sweepAt = ctx.clock.now();
	while (!signal.aborted) {
		try {
			if (ctx.clock.now() >= sweepAt) {
				await dispatchAgain(ctx, STALE_DISPATCH_MS);
				sweepAt = ctx.clock.now() + ctx.sweepMs;
			}
			while (!signal.aborted && (await admitOnce(ctx)) > 0);
		} catch (reason) {
			if (!signal.aborted)
				ctx.log.error(
					{ event: "broker.failed", err: reason },
					"the broker could not decide; it tries again",
				);
		}
		await ctx.bell.wait(ctx.sweepMs, signal);
	}
	await following;
}

/** One look and what follows from it; the number of requests admitted. */
export async function admitOnce(ctx: BrokerContext): Promise<number> {
	const open = [...ctx.totals.keys()].filter((name) => !ctx.paused.has(name));
	if (open.length === 0) return 0;
	const picks = decide(
		toView(await ctx.store.lanes({ collections: open, limit: LANES })),
		ctx.totals,
	);
	if (picks.length === 0) return 0;
	const { dispatches } = await ctx.store.admit({ admissions: picks });
	await send(ctx, dispatches, (d) => `${d.requestId}/${d.attempt}`);
	return dispatches.length;
}

/**
 * Rings again for requests that are `queued` since longer than `ms`: their dispatch may have been lost between the
 * row and the queue, or with the queue. A new message id, or de-duplication would swallow it.
 */
export async function dispatchAgain(
	ctx: BrokerContext,
	ms: number,
): Promise<number> {
	const now = ctx.clock.now();
	const { dispatches } = await ctx.store.undispatched({
		queuedBefore: timestampFromMs(now - ms),
		limit: 1000,
	});
	await send(ctx, dispatches, (d) => `${d.requestId}/${d.attempt}/${now}`);
	return dispatches.length;
}

async function send(
	{ queue }: BrokerContext,
	dispatches: readonly Dispatch[],
	messageId: (dispatch: Dispatch) => string,
): Promise<void> {
	for (const dispatch of dispatches) {
		await queue.publish(messageId(dispatch), {
			requestId: dispatch.requestId,
			attempt: dispatch.attempt,
			collection: dispatch.collection,
			traceparent: dispatch.traceparent,
		});
	}
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
	workerSlots: Number(read.workerSlots),
});
