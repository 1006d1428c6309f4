import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Client } from "@connectrpc/connect";
import type { StagingService } from "../../gen/polytope/staging/v1/staging_pb.js";
import type {
	Request,
	StoreService,
} from "../../gen/polytope/store/v1/store_pb.js";
import { type Clock, steadyClock } from "../platform/clock.ts";
import type { Leadership } from "../platform/lead.ts";
import type { Log } from "../platform/log.ts";
import { pause } from "../platform/wait.ts";
import { removeDangling } from "./dangling.ts";
import { measuredTask } from "./measure.ts";
import { openRecount } from "./recount.ts";
import { traceRemovals } from "./trace-removals.ts";

export interface CollectorContext {
	readonly store: Client<typeof StoreService>;
	readonly staging: Client<typeof StagingService>;
	/** The store's. */
	readonly clock: Clock;
	readonly log: Log;
	/** Milliseconds between passes over what expired and what dangles. */
	readonly intervalMs: number;
	/** Milliseconds between looks for leases that ran out and for room. */
	readonly leaseSweepMs: number;
	/** Milliseconds that a final request and its result are kept. */
	readonly ageMs: number;
	/** Milliseconds that a request may wait for its upload. */
	readonly uploadAgeMs: number;
	/** Milliseconds that what no request knows of is left alone: it may be noted somewhere in a moment. */
	readonly danglingAgeMs: number;
	/** Staged bytes from which the oldest results make room; 0: never. */
	readonly thresholdBytes: number;
	/** Attempts that a request may use up. */
	readonly maxAttempts: number;
	/** Milliseconds for which the store must have been there before silence is held against a worker: a lease. */
	readonly graceMs: number;
}

const BATCH = 500;
/** The collector goes on until this share of the threshold is left. */
const ROOM = 0.9;

/** Runs while it leads. Every step can be repeated or cut short at any line, and done by two at once. */
export async function runCollector(
	ctx: CollectorContext,
	leadership: Leadership,
	signal: AbortSignal,
): Promise<void> {
	let collectAt = 0;
	const recount = openRecount(ctx);
	while (!signal.aborted) {
		await attemptTo(ctx, signal, "requeue", () =>
			requeueSilent(ctx, leadership),
		);
		await attemptTo(ctx, signal, "room", () => makeRoom(ctx));
		if (steadyClock.now() >= collectAt) {
			await attemptTo(ctx, signal, "expire", () => expire(ctx));
			await attemptTo(ctx, signal, "uploads", () => failUploads(ctx));
			await attemptTo(ctx, signal, "dangling", () => removeDangling(ctx));
			await attemptTo(ctx, signal, "lanes", () => recount());
			collectAt = steadyClock.now() + ctx.intervalMs;
		}
		await pause(ctx.leaseSweepMs, signal);
	}
}

type Step = "requeue" | "room" | "expire" | "uploads" | "dangling" | "lanes";

async function attemptTo(
	ctx: CollectorContext,
	signal: AbortSignal,
	what: Step,
	step: () => Promise<number>,
) {
	try {
		const done = await measuredTask(what, step);
		if (done > 0)
			ctx.log.info({ event: `collector.${what}`, count: done }, "collected");
	} catch (reason) {
		if (!signal.aborted)
			ctx.log.error(
				{ event: "collector.failed", what, err: reason },
				"the collector could not finish; it tries again",
			);
	}
}

/**
 * Requests whose worker fell silent wait again, or fail when their attempts are used up. While the store was away nobody
 * could renew a lease; so it must have been there for a whole grace, as this leader's own lease shows.
 */
async function requeueSilent(
	{ store, maxAttempts, graceMs }: CollectorContext,
	leadership: Leadership,
): Promise<number> {
	if ((await leadership.held()) < graceMs) return 0;
	const { requeued, failed } = await store.requeue({
		limit: BATCH,
		maxAttempts,
	});
	return requeued.length + failed.length;
}

/** Final requests beyond their age go: the object first, then the row, so that no object is forgotten. */
export async function expire({
	store,
	staging,
	clock,
	ageMs,
}: CollectorContext): Promise<number> {
	let removed = 0;
	for (;;) {
		const { requests } = await store.expired({
			modifiedBefore: timestampFromMs(clock.now() - ageMs),
			limit: BATCH,
		});
		await removeTogether({ store, staging }, requests);
		removed += requests.length;
		if (requests.length < BATCH) return removed;
	}
}

/** Requests whose upload does not come fail, so that their user is told. */
export async function failUploads({
	store,
	clock,
	uploadAgeMs,
}: CollectorContext): Promise<number> {
	let ended = 0;
	for (;;) {
		const { failed } = await store.failUploads({
			modifiedBefore: timestampFromMs(clock.now() - uploadAgeMs),
			limit: BATCH,
		});
		ended += failed.length;
		if (failed.length < BATCH) return ended;
	}
}

/** Above its threshold, staging loses the oldest results, with their requests, until there is room again. */
async function makeRoom(ctx: CollectorContext): Promise<number> {
	const { bytes } = await ctx.staging.usage({});
	if (ctx.thresholdBytes === 0 || bytes < ctx.thresholdBytes) return 0;
	let excess = bytes - BigInt(Math.floor(ctx.thresholdBytes * ROOM));
	let removed = 0;
	while (excess > 0n) {
		const { requests } = await ctx.store.expired({
			modifiedBefore: timestampFromMs(ctx.clock.now()),
			limit: 50,
			withResult: true,
		});
		if (requests.length === 0) break;
		const going: Request[] = [];
		for (const request of requests) {
			if (excess <= 0n) break;
			going.push(request);
			excess -= request.result?.length ?? 0n;
		}
		await removeTogether(ctx, going);
		removed += going.length;
	}
	return removed;
}

async function removeTogether(
	{ store, staging }: Pick<CollectorContext, "store" | "staging">,
	requests: readonly Request[],
): Promise<void> {
	if (requests.length === 0) return;
	const begun = Date.now();
	const keys = requests.flatMap(({ result }) =>
		result === undefined ? [] : [result.key],
	);
	if (keys.length > 0) await staging.delete({ keys });
	await store.remove({ ids: requests.map(({ id }) => id) });
	traceRemovals(requests, begun, Date.now());
}
