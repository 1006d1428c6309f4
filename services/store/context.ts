import type { Clock } from "../platform/clock.ts";
import type { Changes } from "./changes.ts";
import type { Database } from "./database.ts";

export interface StoreContext {
	readonly db: Database;
	readonly changes: Changes;
	readonly clock: Clock;
}
