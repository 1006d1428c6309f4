import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { context } from "@opentelemetry/api";
import { type Request, Status } from "../../gen/polytope/store/v1/store_pb.js";
import { follow } from "../platform/follow.ts";
import { newStagingKey } from "../platform/ids.ts";
import type { Delivery } from "../platform/queue/queue.ts";
import {
	contextOf,
	sharedContext,
	spanContextOf,
} from "../platform/telemetry/context.ts";
import { attemptSpan } from "../platform/telemetry/lifecycle-spans.ts";
import { within } from "../platform/telemetry/spans.ts";
import { type Bell, openBell, pause } from "../platform/wait.ts";
import { serve } from "./attempt.ts";
import type { WorkerContext } from "./context.ts";
import { measured, watchSlots } from "./measure.ts";
import type { RunningAttempt } from "./running.ts";
import { openSettling, type Settle } from "./settling.ts";

/** Runs until the signal ends, then drains: what does not end in time is given back. */
export async function runWorker(
	ctx: WorkerContext,
	signal: AbortSignal,
): Promise<void> {
	using _ = watchSlots(ctx);
	const ended = new AbortController();
	const settle = openSettling(ctx, ended.signal);
	const renewNow = openBell();
	const background = [
		renewing(ctx, renewNow, signal, ended.signal),
		follow(
			ctx.store,
			[Status.CANCELLED],
			(changes) => {
				// Cancellations may have been missed: the renewal says which attempts are no longer ours.
				if (changes.length === 0) renewNow.ring();
				stopCancelled(ctx, changes);
			},
			ctx.log,
			ended.signal,
		),
	];
	while (!signal.aborted) {
		await ctx.running.fewerThan(ctx.slots, signal);
		if (signal.aborted) break;
		const deliveries = await ctx.queue.take(
			ctx.pools,
			ctx.slots - ctx.running.all().length,
			signal,
		);
		if (deliveries.length > 0) await begin(ctx, deliveries, settle);
	}
	// From here on it has no slots to offer, but leases to renew.
	renewNow.ring();
	await drain(ctx, ended);
	await Promise.all(background);
	await goodbye(ctx);
}

/** Milliseconds that an ending worker waits for the store. */
const GOODBYE_MS = 1_000;

/** Nobody need wait for this worker's sign of life to grow old; a store that is away waits for it. */
async function goodbye(ctx: WorkerContext): Promise<void> {
	try {
		await ctx.store.renew(
			{ workerId: ctx.id, slots: 0, lease: durationFromMs(ctx.leaseMs) },
			{ timeoutMs: GOODBYE_MS },
		);
	} catch (reason) {
		ctx.log.info(
			{ event: "goodbye.failed", err: reason },
			"the store did not hear that this worker ends",
		);
	}
}

/** Claims what was dispatched, acknowledges, and lets the attempts run. A claim that is lost is forgotten. */
async function begin(
	ctx: WorkerContext,
	deliveries: readonly Delivery[],
	settle: Settle,
): Promise<void> {
	try {
		const { claimed } = await context.with(claiming(deliveries), () =>
			ctx.store.claim({
				workerId: ctx.id,
				attempts: deliveries.map(({ message }) => ({
					requestId: message.requestId,
					attempt: message.attempt,
				})),
				lease: durationFromMs(ctx.leaseMs),
				stagingKeys: deliveries.map(newStagingKey),
			}),
		);
		for (const delivery of deliveries) delivery.ack();
		for (const { request, stagingKey } of claimed) {
			if (request === undefined) continue;
			const attempt = ctx.running.start(request, stagingKey);
			void context.with(serving(request), () => run(ctx, attempt, settle));
		}
	} catch (reason) {
		ctx.log.error(
			{ event: "claim.failed", err: reason },
			"the store did not answer a claim; its dispatches are given back",
		);
		for (const delivery of deliveries) delivery.nack();
		await pause(200, AbortSignal.timeout(200));
	}
}

const claiming = (deliveries: readonly Delivery[]) =>
	within(
		sharedContext(
			deliveries.map(({ message }) => spanContextOf(message.traceparent)),
		),
		undefined,
		"worker",
	);

/** What is done for an attempt belongs to its span, which is made from its row when the request has ended. */
const serving = (request: Request) =>
	within(contextOf(attemptSpan(request, request.attempt)), undefined, "worker");

async function run(
	ctx: WorkerContext,
	attempt: RunningAttempt,
	settle: Settle,
): Promise<void> {
	try {
		const outcome = await measured(attempt, () => serve(ctx, attempt));
		if (outcome !== undefined) await settle(attempt, outcome);
	} catch (reason) {
		ctx.log.error(
			{
				event: "attempt.bug",
				requestId: attempt.request.id,
				attempt: attempt.request.attempt,
				err: reason,
			},
			"an attempt ended without an outcome; its lease will run out",
		);
	} finally {
		ctx.running.end(attempt);
	}
}

/** All leases in one call; what the store says is lost is stopped. Also this worker's sign of life. */
async function renewing(
	ctx: WorkerContext,
	now: Bell,
	draining: AbortSignal,
	signal: AbortSignal,
): Promise<void> {
	while (!signal.aborted) {
		try {
			await renewOnce(ctx, draining.aborted ? 0 : ctx.slots);
		} catch (reason) {
			ctx.log.warn(
				{ event: "renew.failed", err: reason },
				"the leases could not be renewed",
			);
		}
		await now.wait(ctx.renewMs, signal);
	}
}

/** @param slots that it offers; 0: it takes nothing more. */
export async function renewOnce(
	ctx: WorkerContext,
	slots = ctx.slots,
): Promise<void> {
	const running = ctx.running.all();
	const { lost } = await ctx.store.renew({
		workerId: ctx.id,
		slots,
		pools: [...ctx.pools],
		lease: durationFromMs(ctx.leaseMs),
		progress: running.map((attempt) => ({
			attempt: {
				requestId: attempt.request.id,
				attempt: attempt.request.attempt,
			},
			bytes: BigInt(attempt.bytes),
			fields: BigInt(attempt.fields),
		})),
	});
	for (const { requestId, attempt } of lost) {
		// It may have ended by itself between the question and the answer: only what still runs is stopped.
		const still = running.find(
			(r) => r.request.id === requestId && r.request.attempt === attempt,
		);
		if (still !== undefined && ctx.running.all().includes(still))
			still.stop("lost");
	}
}

function stopCancelled(
	ctx: WorkerContext,
	changes: readonly { requestId: string }[],
): void {
	for (const { requestId } of changes) ctx.running.stop(requestId, "cancelled");
}

/** Milliseconds in which what was given back must be settled; an absent store finds out by the leases. */
const SETTLE_MS = 5_000;

/** What is nearly done may end, the rest is given back. */
async function drain(
	ctx: WorkerContext,
	ended: AbortController,
): Promise<void> {
	const patience = new AbortController();
	const done = ctx.running.fewerThan(1).then(() => patience.abort());
	await pause(ctx.drainMs, patience.signal);
	for (const attempt of ctx.running.all()) attempt.stop("drained");
	const late = setTimeout(() => ended.abort(), SETTLE_MS);
	await done;
	clearTimeout(late);
	ended.abort();
}
