import type { Migration } from "kysely/migration";
import { m001 } from "./001-requests.ts";
import { m002 } from "./002-uploads.ts";
import { m003 } from "./003-retries.ts";
import { m004 } from "./004-inputs.ts";

/** What runs in production, in this order; append only. */
export const migrations: Readonly<Record<string, Migration>> = {
	"001-requests": m001,
	"002-uploads": m002,
	"003-retries": m003,
	"004-inputs": m004,
};
