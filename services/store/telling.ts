import type { Log } from "../platform/log.ts";
import type { Happened, Tell } from "../platform/telemetry/events.ts";

/** What a statement returns of each request that it has changed. */
export interface Moved {
	readonly id: string;
	readonly collection: string;
	readonly attempt: number;
	readonly reason?: string | undefined;
	readonly worker?: string | undefined;
	readonly bytes?: number | undefined;
}

/** Tells of requests that were changed just now, and committed: once for each. */
export function tellOf(log: Log, tell: Tell, moved: Iterable<Moved>): void {
	for (const { id, collection, attempt, reason, worker, bytes } of moved) {
		const happened: Happened = {
			requestId: id,
			collection,
			attempt,
			reason,
			worker,
			bytes,
		};
		tell(log, happened);
	}
}
