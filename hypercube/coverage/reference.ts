import type { Instant } from "../cube/coverage.ts";

/**
 * The reference time of one value: its time minus its step, and the time itself where the data knows no step. A coverage
 * may run through several forecasts.
 */
export function referenceOf({ time, step }: Instant): string {
	if (step === undefined || step === 0) return time;
	const ms = Date.parse(time) - Math.round(step * 3600) * 1000;
	return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
