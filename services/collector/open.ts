import { type Candidate, lead } from "../platform/lead.ts";
import type { Around, OpenRole } from "../platform/role.ts";
import { runCollector } from "./collector.ts";

/** The collector: removes and requeues while it leads; nobody calls it. */
export async function openCollector({
	config,
	instance,
	log,
	loop,
	peers,
}: Around<"store" | "staging">): Promise<OpenRole> {
	const settings = config["garbage-collector"];
	const ctx = {
		store: peers.store,
		staging: peers.staging,
		log,
		intervalMs: settings.interval,
		leaseSweepMs: config.lease.renew,
		ageMs: settings.age,
		uploadAgeMs: settings.upload_age,
		danglingAgeMs: settings.dangling_age,
		thresholdBytes: settings.threshold,
		maxAttempts: config.lease.attempts,
		graceMs: config.lease.duration,
	};
	const candidate: Candidate = {
		store: peers.store,
		role: "collector",
		shard: "all",
		holder: instance,
		// An outage as long as a lease must be noticed.
		leaseMs: Math.min(config.lease.leader, config.lease.duration / 2),
		log,
	};
	loop((signal) =>
		lead(
			candidate,
			(leadership, leading) =>
				runCollector({ ...ctx, clock: leadership.clock }, leadership, leading),
			signal,
		),
	);
	return {};
}
