import { TIMES } from "./config.ts";
import type { Journal } from "./journal.ts";

/** What a run has shown; one line of JSON. */
export interface Summary {
	readonly requests: number;
	readonly kills: number;
	readonly seed: number;
	readonly seconds: number;
	/** Of which clients worked. */
	readonly stormSeconds: number;
	/** Requests in the database by how they ended; some clients asked twice, since an answer was lost. */
	readonly outcomes: Readonly<Record<string, number>>;
	/** Tasks by how their clients saw them end. */
	readonly seen: Readonly<Record<string, number>>;
	/** From submission until the result can be fetched, of all that were not revoked; ms. */
	readonly latency: Readonly<Record<"p50" | "p99" | "max", number>>;
	readonly killsBy: Readonly<Record<string, number>>;
	/** Processes that ended without having been struck, and were started again. */
	readonly endedByThemselves: Readonly<Record<string, number>>;
	/** Ends by SIGTERM that were not exit code 0. */
	readonly notEndedWell: Readonly<Record<string, number>>;
	readonly answers: Readonly<Record<string, number>>;
	/** Answers that did not come whole, by why. */
	readonly broken: Readonly<Record<string, number>>;
	/** Warnings and errors that processes logged. */
	readonly logged: Readonly<Record<string, number>>;
	/** Configured shorter than usual; ms. */
	readonly times: typeof TIMES;
	readonly violations: readonly string[];
	/** Where logs were kept, when there is something to look for. */
	readonly folder?: string;
}

export function summaryOf(
	{ requests, kills, seed }: Pick<Summary, "requests" | "kills" | "seed">,
	journal: Journal,
	{ seconds, stormSeconds }: Pick<Summary, "seconds" | "stormSeconds">,
): Summary {
	const sorted = journal.latencies.toSorted((a, b) => a - b);
	const at = (share: number): number =>
		Math.round(
			sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ??
				0,
		);
	return {
		requests,
		kills,
		seed,
		seconds: Math.round(seconds),
		stormSeconds: Math.round(stormSeconds),
		outcomes: journal.counts("outcome."),
		seen: journal.counts("seen."),
		latency: { p50: at(0.5), p99: at(0.99), max: at(1) },
		killsBy: journal.counts("kill."),
		endedByThemselves: journal.counts("ended by itself."),
		notEndedWell: journal.counts("stopped with."),
		answers: journal.counts("answer."),
		broken: journal.counts("broken."),
		logged: journal.counts("log."),
		times: TIMES,
		violations: journal.violations,
	};
}
