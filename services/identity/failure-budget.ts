import { LRUCache } from "lru-cache";
import type { Clock } from "../platform/clock.ts";

/** How often one may fail: a burst, then one a second. */
export interface FailureBudget {
	/** Whether the next try must wait. */
	spent(who: string): boolean;
	/** Notes a failure. */
	count(who: string): void;
}

const BURST = 100;
const PER_SECOND = 1;
// Names are the caller's to choose: those tried longest ago are forgotten.
const REMEMBERED = 10_000;

/** Bounds guessing: after `burst` failures for a name one more try a second. */
export function openFailureBudget(clock: Clock, burst = BURST): FailureBudget {
	const buckets = new LRUCache<string, { failures: number; at: number }>({
		max: REMEMBERED,
	});
	const left = (who: string): number => {
		const bucket = buckets.get(who);
		if (!bucket) return 0;
		const drained = ((clock.now() - bucket.at) / 1000) * PER_SECOND;
		return Math.max(0, bucket.failures - drained);
	};
	return {
		spent: (who) => left(who) > burst - 1,
		count: (who) => {
			buckets.set(who, { failures: left(who) + 1, at: clock.now() });
		},
	};
}
