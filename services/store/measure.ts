import { isFinal, statusOf } from "../platform/lifecycle.ts";
import { countFromZero } from "../platform/telemetry/events.ts";
import { INSTRUMENTS } from "../platform/telemetry/instruments.ts";

const AGAIN = ["fault", "outage", "drained", "silent", "restarted"] as const;
/** Why a request waits again. */
export type Again = (typeof AGAIN)[number];

/** What has just been moved to a status. */
export interface Ended {
	readonly status: string;
	readonly collection: string;
	readonly created_at: Date;
}

/** What has just left a status in which it had been since then. */
interface Left {
	readonly collection: string;
	readonly since?: Date;
}

/** Measures how long those of the rows took that ended, at `now` (ms since 1970). */
export function measureEnds(rows: readonly Ended[], now: number): void {
	for (const { status, collection, created_at } of rows) {
		const reached = statusOf(status);
		if (reached === undefined || !isFinal(reached)) continue;
		INSTRUMENTS.requestDuration.record(seconds(created_at, now), {
			"polytope.collection": collection,
			"polytope.status": status,
		});
	}
}

export function measureAdmissions(rows: readonly Left[], now: number): void {
	for (const { collection, since } of rows)
		if (since !== undefined)
			INSTRUMENTS.admission.record(seconds(since, now), {
				"polytope.collection": collection,
			});
}

export function measureClaims(rows: readonly Left[], now: number): void {
	for (const { collection, since } of rows)
		if (since !== undefined)
			INSTRUMENTS.queueing.record(seconds(since, now), {
				"polytope.collection": collection,
			});
}

/** Shows each count as 0 before it first rises, so that its rise is seen. */
export function startCounts(collections: readonly string[]): void {
	countFromZero(collections);
	for (const collection of collections)
		for (const why of AGAIN) countRetry(collection, why, 0);
}

export const countRetry = (collection: string, why: Again, times = 1): void =>
	INSTRUMENTS.retries.add(times, {
		"polytope.collection": collection,
		"polytope.reason": why,
	});

/** Clocks of several hosts differ a little: never less than nothing. */
const seconds = (from: Date, to: number): number =>
	Math.max(0, to - from.getTime()) / 1000;
