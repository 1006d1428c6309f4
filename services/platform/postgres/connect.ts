import type { Pool, PoolClient } from "pg";
import { fault } from "../faults.ts";
import { pause } from "../wait.ts";
import { outageOf } from "./outage.ts";

/** Milliseconds before the first new try to connect, and before the later ones at most. */
const FIRST_MS = 20;
const MOST_MS = 500;
const NEVER = new AbortController().signal;

/**
 * A connection of the pool. While the database is away it is asked for again, so that a short absence (a restart) is
 * only a delay: nothing has been sent yet, so trying again harms nobody.
 *
 * @param patienceMs how long; then the fault is UNAVAILABLE
 */
export async function connectPatiently(
	pool: Pool,
	patienceMs: number,
): Promise<PoolClient> {
	const deadline = performance.now() + patienceMs;
	for (let wait = FIRST_MS; ; wait = Math.min(MOST_MS, wait * 2)) {
		try {
			return await pool.connect();
		} catch (reason) {
			if (outageOf(reason) === undefined) throw reason;
			if (performance.now() + wait > deadline) throw away(patienceMs, reason);
			await pause(wait * (0.5 + Math.random()), NEVER);
		}
	}
}

/** It has been waited for: the cause is none for which a call is made again (`repeat.ts`). */
const away = (patienceMs: number, cause: unknown): Error =>
	fault(
		"UNAVAILABLE",
		"the database does not answer",
		new Error(`no connection within ${patienceMs} ms`, { cause }),
	);
