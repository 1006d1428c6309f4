/** How long something took that has ended, in milliseconds, and when it ended (ms since 1970). */
export interface Took {
	readonly ms: number;
	readonly endedAt: number;
}

/** From now until the end, in milliseconds. */
export interface Remaining {
	readonly p50: number;
	readonly p90: number;
	/** How many it is reckoned from. */
	readonly sample: number;
	/** When the first of them ended, ms since 1970. */
	readonly since: number;
}

/** Of fewer nothing is said. */
export const LEAST = 5;

/**
 * How much longer something takes that has taken so long: what remained of those which took longer than that. Nothing
 * is assumed but that things go on as they went; undefined when too few ever took so long. Pure.
 *
 * @param elapsed milliseconds
 */
export function remaining(
	lately: readonly Took[],
	elapsed: number,
): Remaining | undefined {
	const longer = lately.filter(({ ms }) => ms > elapsed);
	if (longer.length < LEAST) return undefined;
	const left = longer.map(({ ms }) => ms - elapsed).toSorted((a, b) => a - b);
	return {
		p50: quantile(left, 0.5),
		p90: quantile(left, 0.9),
		sample: longer.length,
		since: Math.min(...longer.map(({ endedAt }) => endedAt)),
	};
}

/** The least of them that so many are not above: one that was really seen. */
const quantile = (sorted: readonly number[], part: number): number =>
	sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
