import { sql } from "kysely";
import { type Clock, openFollower } from "../platform/clock.ts";
import { pause } from "../platform/wait.ts";
import type { Database } from "./database.ts";

/** Milliseconds between looks at PostgreSQL's clock. */
const LOOK_MS = 1_000;

/** The first looks go on until one took no longer than this, or there were so many. */
const QUICK_MS = 5;
const FIRST_LOOKS = 20;

/** PostgreSQL's clock: the one that all stores share, whatever those of their hosts show. */
export interface DatabaseClock extends Clock {
	/** Keeps to it until the signal ends. */
	follow(signal: AbortSignal): Promise<void>;
}

export async function openDatabaseClock(db: Database): Promise<DatabaseClock> {
	const clock = openFollower();
	/** Gives how long it took, in milliseconds: by so much at most it is wrong. */
	const look = async (): Promise<number> => {
		const asked = performance.now();
		const { rows } = await sql<{
			now: Date;
		}>`select clock_timestamp() as now`.execute(db);
		const [row] = rows;
		if (row !== undefined) clock.hear(row.now.getTime());
		return performance.now() - asked;
	};
	// A process that starts is busy, and hears late.
	for (
		let time = 1;
		(await look()) > QUICK_MS && time < FIRST_LOOKS;
		time += 1
	);
	return {
		now: clock.now,
		async follow(signal) {
			while (!signal.aborted) {
				await pause(LOOK_MS, signal);
				// While the database is away whoever needs it is told so; its clock goes on as it did.
				if (!signal.aborted) await look().catch(() => undefined);
			}
		},
	};
}
