import type { Rate, Turn } from "./cache.ts";

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
	const next = Math.max(emptyAt ?? now, now) + interval;
	const wait = Math.max(0, next - burst * interval - now);
	return {
		turn: { taken: wait <= most, waitMs: Math.ceil(wait) },
		emptyAt: next,
	};
}
