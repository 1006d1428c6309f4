import type { Migration } from "kysely/migration";
import { m001 } from "./001-requests.ts";
import { m002 } from "./002-uploads.ts";
import { m003 } from "./003-retries.ts";
import { m004 } from "./004-inputs.ts";
import { m005 } from "./005-schema.ts";
import { m006 } from "./006-leaders.ts";
import { m007 } from "./007-pools.ts";

/**
 * What runs in production, in this order; append only. A migration only adds: code that does not know it must go on
 * working. What takes something away is a contraction, in `contractions.ts`.
 */
export const migrations: Readonly<Record<string, Migration>> = {
	"001-requests": m001,
	"002-uploads": m002,
	"003-retries": m003,
	"004-inputs": m004,
	"005-schema": m005,
	"006-leaders": m006,
	"007-pools": m007,
};

/** The version of this code, as far as the database goes: how many migrations it knows. */
export const VERSION = Object.keys(migrations).length;
