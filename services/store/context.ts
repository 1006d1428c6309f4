import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Changes } from "./changes.ts";
import type { Database } from "./database.ts";

export interface StoreContext {
	readonly db: Database;
	readonly changes: Changes;
	readonly clock: Clock;
	/** Told of what was committed. */
	readonly log: Log;
}
