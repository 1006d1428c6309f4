import type { Config } from "../config/schema.ts";
import type { Log } from "../log.ts";
import { openJetStream } from "../nats/jetstream.ts";
import { openMemoryQueue } from "./memory.ts";
import type { Queue } from "./queue.ts";

/** Milliseconds for which message ids are remembered. */
const DEDUPE_MS = 120_000;

/** Opens the queue that the configuration names, with the pools there are. @throws as openJetStream does. */
export function openQueue(
	settings: Config["queue"],
	pools: readonly string[],
	log: Log,
): Promise<Queue> {
	const limits = {
		ackWaitMs: settings.ack_wait,
		maxDeliver: settings.max_deliver,
		capacity: settings.capacity,
		inHand: settings.in_hand,
		dedupeMs: DEDUPE_MS,
	};
	if (settings.url === "memory:")
		return Promise.resolve(openMemoryQueue(limits));
	return openJetStream(
		{
			...limits,
			nats: settings,
			name: settings.name,
			replicas: settings.replicas,
			pools,
		},
		log,
	);
}
