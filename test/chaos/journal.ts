/** Everything that a run finds worth telling. */
export interface Journal {
	readonly violations: readonly string[];
	/** Something that must never be. */
	violation(text: string): void;
	/** One more of a kind. */
	count(kind: string): void;
	counts(prefix: string): Record<string, number>;
	/** Milliseconds from submission to a result that can be fetched. */
	latency(ms: number): void;
	readonly latencies: readonly number[];
}

const MOST = 500;

/**
 * @param onViolation is told each at once
 * @param over from its end on nothing is what it must be, and nothing is noted
 */
export function openJournal(
	onViolation: (text: string) => void = () => {},
	over?: AbortSignal,
): Journal {
	const violations: string[] = [];
	const counted = new Map<string, number>();
	const latencies: number[] = [];
	return {
		violations,
		latencies,
		violation(text) {
			if (over?.aborted) return;
			if (violations.length < MOST) violations.push(text);
			onViolation(text);
		},
		count: (kind) => void counted.set(kind, (counted.get(kind) ?? 0) + 1),
		counts: (prefix) =>
			Object.fromEntries(
				[...counted]
					.filter(([kind]) => kind.startsWith(prefix))
					.map(([kind, count]) => [kind.slice(prefix.length), count] as const)
					.toSorted(([a], [b]) => a.localeCompare(b)),
			),
		latency: (ms) => void latencies.push(ms),
	};
}
