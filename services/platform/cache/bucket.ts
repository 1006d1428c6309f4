import type { Rate, Turn } from "./cache.ts";

/** Times are sums of fractions: what is less than this, in milliseconds, is nothing. */
const ROUNDED_MS = 0.1;

/**
 * One step of the generic cell rate algorithm (ITU-T I.371): a bucket is one number, the time at which it will be empty
 * again, in milliseconds. Redis does the same sum in its script.
 *
 * @param emptyAt of the bucket; undefined for one that is empty
 */
export function step(
	emptyAt: number | undefined,
	now: number,
	{ perSecond, burst }: Rate,
	most: number,
): { readonly turn: Turn; readonly emptyAt: number } {
	const interval = 1000 / perSecond;
	const ahead = Math.max(0, (emptyAt ?? now) - now);
	const late = ahead + (1 - burst) * interval;
	const wait = late > ROUNDED_MS ? late : 0;
	return {
		turn: { taken: wait <= most, waitMs: Math.ceil(wait) },
		emptyAt: now + ahead + interval,
	};
}
