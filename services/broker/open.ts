import { type Candidate, lead } from "../platform/lead.ts";
import { poolOf } from "../platform/pools.ts";
import type { Around, OpenRole } from "../platform/role.ts";
import { openBell } from "../platform/wait.ts";
import { runBroker } from "./broker.ts";
import type { BrokerContext } from "./context.ts";
import { openPaused } from "./paused.ts";
import { brokerRoutes } from "./service.ts";
import { openSurroundings } from "./surroundings.ts";

/** The broker: decides who is next while it leads, and always answers who asks why. */
export async function openBroker({
	config,
	clock,
	instance,
	log,
	loop,
	peers,
	parts,
}: Around<"store", "queue">): Promise<OpenRole> {
	const paused = openPaused(peers.store);
	const ctx: BrokerContext = {
		store: peers.store,
		queue: parts.queue,
		clock,
		log,
		totals: new Map(
			Object.entries(config.collections).map(([name, { limits }]) => [
				name,
				limits?.total ?? 0,
			]),
		),
		poolOf: (collection) => poolOf(config, collection),
		paused,
		surroundings: openSurroundings({ store: peers.store, paused }),
		bell: openBell(),
		sweepMs: config.broker.sweep,
	};
	const candidate: Candidate = {
		store: peers.store,
		role: "broker",
		shard: "all",
		holder: instance,
		leaseMs: config.lease.leader,
		log,
	};
	loop((signal) =>
		lead(
			candidate,
			(leadership, leading) =>
				runBroker({ ...ctx, clock: leadership.clock }, leading),
			signal,
		),
	);
	return { routes: brokerRoutes(ctx) };
}
