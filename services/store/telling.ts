import type { Log } from "../platform/log.ts";
import type { Happened, Tell } from "../platform/telemetry/events.ts";

/** What a statement returns of each request that it has changed. */
export interface Moved {
	readonly id: string;
	readonly collection: string;
	readonly attempt: number;
	readonly traceparent: string;
	/** Milliseconds since it was submitted. */
	readonly duration?: number | undefined;
	readonly reason?: string | undefined;
	readonly worker?: string | undefined;
	readonly bytes?: number | undefined;
}

/** Tells of requests that were changed just now, and committed: once for each. */
export function tellOf(log: Log, tell: Tell, moved: Iterable<Moved>): void {
	for (const { id: requestId, ...one } of moved) {
		const { collection, attempt, traceparent, ...more } = one;
		const { reason, worker, bytes, duration } = more;
		const at: Happened = { requestId, collection, attempt, traceparent };
		tell(log, { ...at, reason, worker, bytes, duration });
	}
}
