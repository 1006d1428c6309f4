import { DEFAULT_POOL } from "../platform/pools.ts";
import type { Around, OpenRole } from "../platform/role.ts";
import { openBell } from "../platform/wait.ts";
import { runBroker } from "./broker.ts";
import type { BrokerContext } from "./context.ts";
import { brokerRoutes } from "./service.ts";

/** The broker: decides who is next for as long as it runs, and answers who asks why. */
export async function openBroker({
	config,
	clock,
	log,
	loop,
	peers,
	parts,
}: Around<"store", "queue">): Promise<OpenRole> {
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
		poolOf: () => DEFAULT_POOL,
		paused: new Set(),
		bell: openBell(),
		queueForgets: config.queue.url === "memory:",
		sweepMs: config.broker.sweep,
	};
	loop((signal) => runBroker(ctx, signal));
	return { routes: brokerRoutes(ctx) };
}
