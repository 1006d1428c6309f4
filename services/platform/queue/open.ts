import { openMemoryQueue } from "./memory.ts";
import type { Queue } from "./queue.ts";

/** Opens the queue that a URL names. */
export function openQueue(url: string): Queue {
	if (url === "memory:")
		return openMemoryQueue({
			ackWaitMs: 30_000,
			dedupeMs: 120_000,
			capacity: 100_000,
		});
	throw new Error(
		`queue.url '${url}' has a scheme that is not built; use memory:`,
	);
}
