import type { Log } from "../../log.ts";
import { pause } from "../../wait.ts";
import type { Watched } from "./watchdog.ts";

/** What becomes of a server that ends though nobody asked it to. */
export interface KeepOptions {
	/** Starts it again, on the same data and the same socket. */
	readonly start: () => Promise<Watched>;
	/** How many starts in a row may fail, or die young, before it is given up; 0: it is never started again. */
	readonly starts: number;
	readonly log: Log;
	/** Called once, when it is given up. */
	readonly onGivenUp: (reason: Error) => void;
}

/** Milliseconds before the first new start, and before the later ones at most. */
const FIRST_MS = 50;
const MOST_MS = 5_000;
/** Who has lived as long, in milliseconds, has recovered: its next death is counted from nought. */
const STEADY_MS = 60_000;

/**
 * Keeps a server running: when it dies it is started again, with longer and longer pauses, until that has failed too
 * often. Whoever wants it meanwhile waits for a connection (`connect.ts`).
 */
export function keep(
	first: Watched,
	options: KeepOptions,
): { stop(): Promise<void> } {
	const stopping = new AbortController();
	let server = first;
	const keeping = (async () => {
		for (let deaths = 1; ; deaths += 1) {
			const since = performance.now();
			const code = await server.ended;
			if (stopping.signal.aborted) return;
			if (performance.now() - since > STEADY_MS) deaths = 1;
			options.log.error(
				{ event: "postgres.died", code, deaths },
				"PostgreSQL ended unexpectedly",
			);
			const reason = new Error(`PostgreSQL ended with ${code}`);
			const next = await startAgain(options, deaths, reason, stopping.signal);
			if (next === undefined) return;
			server = next;
			if (stopping.signal.aborted) await server.stop();
		}
	})();
	return {
		async stop() {
			stopping.abort();
			await server.stop();
			await keeping;
		},
	};
}

/** Undefined: given up, or no longer wanted. */
async function startAgain(
	{ start, starts, log, onGivenUp }: KeepOptions,
	deaths: number,
	death: Error,
	signal: AbortSignal,
): Promise<Watched | undefined> {
	let reason: unknown = death;
	for (let tries = deaths; tries <= starts; tries += 1) {
		await pause(Math.min(MOST_MS, FIRST_MS * 2 ** (tries - 1)), signal);
		if (signal.aborted) return undefined;
		try {
			const server = await start();
			log.warn({ event: "postgres.back", tries }, "PostgreSQL runs again");
			return server;
		} catch (failure) {
			reason = failure;
			log.error(
				{ event: "postgres.unstartable", tries, err: failure },
				"PostgreSQL does not start again yet",
			);
		}
	}
	onGivenUp(
		starts === 0
			? death
			: new Error(`${death.message} and does not start again`, {
					cause: reason,
				}),
	);
	return undefined;
}
