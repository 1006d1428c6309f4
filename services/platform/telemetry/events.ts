import { trace } from "@opentelemetry/api";
import type { Facts } from "../log/facts.ts";
import type { EventName } from "../log/names.ts";
import type { Log } from "../log.ts";
import { INSTRUMENTS } from "./instruments.ts";

/** What is told of a request to which something happened. */
export interface Happened {
	readonly requestId: string;
	readonly collection: string;
	readonly attempt?: number;
	readonly datasource?: string | undefined;
	/** Of the request: many share a call, whose own trace is another one's. */
	readonly traceparent?: string | undefined;
	/** Milliseconds since it was submitted. */
	readonly duration?: number | undefined;
	/** Why, in words; in the log alone. */
	readonly reason?: string | undefined;
	readonly worker?: string | undefined;
	readonly bytes?: number | undefined;
}

/** Tells that something happened: as an event of the active span, a count, and a line of log, which so agree. */
export type Tell = (log: Log, happened: Happened) => void;

/** Of all events. */
const NAMES: string[] = [];

export const requestAccepted = event("request.accepted", "debug");
export const requestUploaded = event("request.uploaded", "debug");
export const requestAdmitted = event("request.admitted", "debug");
export const requestClaimed = event("request.claimed", "debug");
export const requestProcessed = event("request.processed", "info");
export const requestFailed = event("request.failed", "info");
export const requestCancelled = event("request.cancelled", "info");
export const requestRetried = event("request.retried", "debug");
export const requestReleased = event("request.released", "debug");
export const requestRevived = event("request.revived", "debug");
export const requestExpired = event("request.expired", "debug");
export const leaseLost = event("lease.lost", "warn");

/**
 * Shows every event of these collections as not having happened yet: a count that first appears when it is 1 has not
 * risen, as far as Prometheus can tell.
 */
export function countFromZero(collections: Iterable<string>): void {
	for (const collection of collections)
		for (const name of NAMES)
			INSTRUMENTS.events.add(0, {
				"polytope.event": name,
				"polytope.collection": collection,
			});
}

/** Lines are many: the words are the name's, so that nothing is made for a line that nobody reads. */
function event(name: EventName, level: "debug" | "info" | "warn"): Tell {
	const words = name.replace(".", " ");
	NAMES.push(name);
	return (log, happened) => {
		const { requestId, collection, attempt, datasource } = happened;
		const span = trace.getActiveSpan();
		if (span?.isRecording())
			span.addEvent(name, {
				"polytope.request.id": requestId,
				"polytope.collection": collection,
				...(attempt !== undefined && { "polytope.attempt": attempt }),
				...(datasource !== undefined && { "polytope.datasource": datasource }),
			});
		INSTRUMENTS.events.add(1, {
			"polytope.event": name,
			"polytope.collection": collection,
		});
		if (!log.enabled(level)) return;
		const facts: Facts = { event: name, ...happened };
		log[level](facts, words);
	};
}
