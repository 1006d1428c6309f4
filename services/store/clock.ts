import { sql } from "kysely";
import { type Clock, openFollower } from "../platform/clock.ts";
import { pause } from "../platform/wait.ts";
import type { Database } from "./database.ts";

/** Milliseconds between looks at PostgreSQL's clock. */
const LOOK_MS = 1_000;

/** PostgreSQL's clock: the one that all stores share, whatever those of their hosts show. */
export interface DatabaseClock extends Clock {
	/** Keeps to it until the signal ends. */
	follow(signal: AbortSignal): Promise<void>;
}

export async function openDatabaseClock(db: Database): Promise<DatabaseClock> {
	const clock = openFollower();
	const look = async (): Promise<void> => {
		const { rows } = await sql<{
			now: Date;
		}>`select clock_timestamp() as now`.execute(db);
		const [row] = rows;
		if (row !== undefined) clock.hear(row.now.getTime());
	};
	await look();
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
