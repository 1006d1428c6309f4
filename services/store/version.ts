import { type Kysely, sql } from "kysely";
import type { ClientBase } from "pg";
import { fault } from "../platform/faults.ts";

/** First key of our advisory locks in the database; the second is a version. */
const CLASS = 0x706f6c79;

/**
 * Every connection holds a shared lock on the version of its code as long as it lives: so a contraction sees whether
 * older code is at work, without clocks and without rows that somebody has to keep fresh.
 *
 * @throws fault UNAVAILABLE when the database has gone on without this code
 */
export async function holdVersion(
	client: ClientBase,
	version: number,
): Promise<void> {
	const { rows } = await client.query<{ needs: number; held: boolean }>(
		"select needs, pg_try_advisory_lock_shared($1, $2) as held from schema_state",
		[CLASS, version],
	);
	const needs = rows[0]?.needs ?? 1;
	if (needs > version || rows[0]?.held !== true)
		throw fault("UNAVAILABLE", tooOld(version, Math.max(needs, version + 1)));
}

/** Whether no connection of code older than `needs` is there; none can come until the transaction ends. */
export async function nobodyOlder(
	tx: Kysely<unknown>,
	needs: number,
): Promise<boolean> {
	const { rows } = await sql<{ free: boolean }>`
    select pg_try_advisory_xact_lock(${CLASS}::int, v) as free from generate_series(1, ${needs - 1}::int) as v`.execute(
		tx,
	);
	return rows.every(({ free }) => free);
}

export const tooOld = (version: number, needs: number): string =>
	`this program is too old for its database: it knows version ${version} of the schema, the database needs a program that knows version ${needs} or newer. Update the program, or restore the database from a backup of that time.`;
