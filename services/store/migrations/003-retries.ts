import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Deferred requests, which the broker must not meet before they are due, and dead letters. */
export const m003: Migration = {
	async up(db: Kysely<unknown>): Promise<void> {
		await sql`
      alter table request add column not_before timestamptz, add column retries integer not null default 0,
        add column dead_at timestamptz`.execute(db);
		await sql`alter table lane add column deferred integer not null default 0`.execute(
			db,
		);
		await sql`create index request_ready on request (collection, user_id, seq)
      where status = 'waiting' and not_before is null`.execute(db);
		await sql`create index request_deferred on request (not_before)
      where status = 'waiting' and not_before is not null`.execute(db);
		await sql`create index request_dead on request (seq) where dead_at is not null`.execute(
			db,
		);
	},
};
