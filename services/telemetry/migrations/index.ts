import type { Migration } from "kysely/migration";
import { m001 } from "./001-telemetry.ts";

/** In this order; append only, and only add: code that does not know a migration must go on working. */
export const migrations: Readonly<Record<string, Migration>> = {
	"001-telemetry": m001,
};
