import type { Around, OpenRole } from "../platform/role.ts";
import { runCollector } from "./collector.ts";

/** The collector: removes and requeues for as long as it runs; nobody calls it. */
export async function openCollector({
	config,
	clock,
	log,
	loop,
	peers,
}: Around<"store" | "staging">): Promise<OpenRole> {
	const settings = config["garbage-collector"];
	const ctx = {
		store: peers.store,
		staging: peers.staging,
		clock,
		log,
		intervalMs: settings.interval,
		leaseSweepMs: config.lease.renew,
		ageMs: settings.age,
		uploadAgeMs: settings.upload_age,
		thresholdBytes: settings.threshold,
		maxAttempts: config.lease.attempts,
	};
	loop((signal) => runCollector(ctx, signal));
	return {};
}
