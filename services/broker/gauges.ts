import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Backlog } from "../../gen/polytope/store/v1/store_pb.js";
import type { PoolDepth } from "../platform/queue/queue.ts";
import type { Reading } from "../platform/telemetry/instrument.ts";
import { INSTRUMENTS } from "../platform/telemetry/instruments.ts";
import { pause } from "../platform/wait.ts";
import { serves, type Workers } from "./capacity.ts";
import type { BrokerContext } from "./context.ts";

/** What was seen at one moment of all that waits and of all who serve. */
export interface Seen {
	readonly backlogs: readonly Backlog[];
	readonly workers: readonly Workers[];
	readonly depths: readonly PoolDepth[];
}

/** Milliseconds between looks: two cheap statements, by the leading broker alone. */
const EVERY_MS = 10_000;

/**
 * Shows what waits, why, and who serves, as it was seen last, while this broker leads; what another one saw is another
 * one's to show.
 */
export async function runGauges(
	ctx: BrokerContext,
	signal: AbortSignal,
): Promise<void> {
	let seen: Seen = { backlogs: [], workers: [], depths: [] };
	using _ = watch(ctx, () => seen);
	while (!signal.aborted) {
		try {
			seen = await look(ctx);
		} catch (reason) {
			if (!signal.aborted)
				ctx.log.debug(
					{ event: "gauges.failed", err: reason },
					"what waits could not be read",
				);
		}
		await pause(EVERY_MS, signal);
	}
}

async function look({ store, queue }: BrokerContext): Promise<Seen> {
	const [{ backlogs }, { workers }, depths] = await Promise.all([
		store.backlog({}),
		store.lanes({ collections: [], limit: 1 }),
		// A queue that does not answer must not hide what waits in the store.
		queue.depths().catch(() => []),
	]);
	return {
		backlogs,
		depths,
		workers: workers.map(({ pools, slots }) => ({
			pools,
			slots: Number(slots),
		})),
	};
}

function watch(ctx: BrokerContext, seen: () => Seen): Disposable {
	const stack = new DisposableStack();
	const { waiting, inFlight, oldest, poolSlots, queuePending, queueInHand } =
		INSTRUMENTS;
	stack.use(waiting.watch(() => waitingIn(ctx, seen())));
	stack.use(
		inFlight.watch(() =>
			byCollection(ctx, seen(), (backlog) => Number(backlog?.inFlight ?? 0)),
		),
	);
	stack.use(
		oldest.watch(() => {
			const now = ctx.clock.now();
			return byCollection(ctx, seen(), (backlog) =>
				backlog?.waitingSince === undefined
					? 0
					: Math.max(0, now - timestampMs(backlog.waitingSince)) / 1000,
			);
		}),
	);
	stack.use(poolSlots.watch(() => slotsOf(ctx, seen())));
	stack.use(
		queuePending.watch(() =>
			seen().depths.map(({ pool, pending }) => [
				pending,
				{ "polytope.pool": pool },
			]),
		),
	);
	stack.use(
		queueInHand.watch(() =>
			seen().depths.map(({ pool, inHand }) => [
				inHand,
				{ "polytope.pool": pool },
			]),
		),
	);
	return stack;
}

/** For every collection of the configuration, also where nothing waits: a series that comes and goes cannot be judged. */
const byCollection = (
	{ totals }: BrokerContext,
	{ backlogs }: Seen,
	value: (backlog: Backlog | undefined) => number,
): Reading<"polytope.collection">[] =>
	[...totals.keys()].map((collection) => [
		value(backlogs.find((one) => one.collection === collection)),
		{ "polytope.collection": collection },
	]);

/** Why requests wait; of several reasons the first, in this order. */
const REASONS = [
	"deferred",
	"paused",
	"no_worker",
	"user_limit",
	"collection_limit",
	"workers_busy",
] as const;
type Why = (typeof REASONS)[number];

export function waitingIn(
	ctx: Pick<BrokerContext, "totals" | "paused" | "poolOf">,
	{ backlogs, workers }: Seen,
): Reading<"polytope.collection" | "polytope.reason">[] {
	return [...ctx.totals].flatMap(([collection, total]) => {
		const backlog = backlogs.find((one) => one.collection === collection);
		const counts = reasonsFor(backlog, () => {
			if (ctx.paused.has(collection)) return "paused";
			const pool = ctx.poolOf(collection);
			if (!workers.some((some) => some.slots > 0 && serves(some, pool)))
				return "no_worker";
			return total > 0 && Number(backlog?.inFlight ?? 0) >= total
				? "collection_limit"
				: "workers_busy";
		});
		return REASONS.map(
			(reason): Reading<"polytope.collection" | "polytope.reason"> => [
				counts[reason] ?? 0,
				{ "polytope.collection": collection, "polytope.reason": reason },
			],
		);
	});
}

/** @param why holds all of the collection's requests back that their users' limits do not */
function reasonsFor(
	backlog: Backlog | undefined,
	why: () => Exclude<Why, "deferred" | "user_limit">,
): Partial<Record<Why, number>> {
	if (backlog === undefined) return {};
	const all = Number(backlog.waiting);
	const atLimit = Number(backlog.atLimit);
	const deferred = Number(backlog.deferred);
	const reason = why();
	return reason === "paused" || reason === "no_worker"
		? { deferred, [reason]: all }
		: { deferred, user_limit: atLimit, [reason]: all - atLimit };
}

function slotsOf(
	{ totals, poolOf }: BrokerContext,
	{ workers }: Seen,
): Reading<"polytope.pool">[] {
	const pools = new Set([...totals.keys()].map(poolOf));
	return [...pools].map((pool) => [
		workers
			.filter((some) => serves(some, pool))
			.reduce((sum, { slots }) => sum + slots, 0),
		{ "polytope.pool": pool },
	]);
}
