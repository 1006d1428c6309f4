import { Status } from "../../gen/polytope/store/v1/store_pb.js";
import { steadyClock, systemClock } from "../platform/clock.ts";
import { follow } from "../platform/follow.ts";
import type { BrokerContext } from "./context.ts";
import { decide } from "./decide.ts";
import {
	dispatchQueued,
	dispatchUnsure,
	firstId,
	send,
} from "./dispatching.ts";
import { runGauges } from "./gauges.ts";
import { openPatience } from "./patience.ts";
import { followPaused } from "./paused.ts";
import { openRipening, type Ripening } from "./ripening.ts";
import { traceAdmissions } from "./trace-admissions.ts";
import { openTroubles, type Troubles } from "./troubles.ts";
import { toView } from "./view.ts";

/** Lanes read at a look, per collection. */
export const LANES = 64;
/** Of how many requests of a lane it is known when they came: so many at least are admitted at a look, however lanes mix. */
export const DEPTH = 4;
/** A request that is `queued` for longer has perhaps lost its dispatch; ringing again harms nobody. */
const STALE_DISPATCH_MS = 30_000;
/** Milliseconds before the broker looks again after an outage. */
const AGAIN_MS = 500;
/** Milliseconds in which the leader hears that a collection was paused, or resumed, at another broker. */
const PAUSED_MS = 1_000;

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
		runGauges(ctx, signal),
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
	const patience = openPatience(STALE_DISPATCH_MS, steadyClock);
	// Since when requests may have been admitted whose dispatch was not sent, ms since 1970. Who led before, or this
	// process before it ended, may have died between the two: so at first all that is queued is unsure.
	let unsureSince: number | undefined = 0;
	let sweepAt = steadyClock.now();
	return async (signal) => {
		const begun = ctx.clock.now();
		try {
			if (unsureSince !== undefined) {
				await ctx.paused.read();
				await dispatchUnsure(ctx, unsureSince);
				unsureSince = undefined;
			}
			await mend(ctx, troubles);
			if (steadyClock.now() >= sweepAt) {
				await dispatchQueued(ctx, STALE_DISPATCH_MS, patience.due);
				ripening.hear([]);
				sweepAt = steadyClock.now() + ctx.sweepMs;
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
async function admitOnce(ctx: BrokerContext): Promise<number> {
	const collections = [...ctx.totals.keys()].filter(
		(name) => !ctx.paused.has(name),
	);
	const begun = systemClock.now();
	const asked = { collections, limit: LANES, depth: DEPTH };
	const view = toView(await ctx.store.lanes(asked), LANES);
	const admissions = decide(view, ctx);
	if (admissions.length === 0) return 0;
	const { dispatches } = await ctx.store.admit({ admissions });
	await send(ctx, dispatches, firstId);
	traceAdmissions(dispatches, begun, systemClock.now());
	return dispatches.length;
}
