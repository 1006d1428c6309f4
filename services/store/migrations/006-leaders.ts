import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Who leads, and what brokers must agree upon. */
export const m006: Migration = {
	async up(db: Kysely<unknown>): Promise<void> {
		await sql`
      create table leader (
        role text not null,
        shard text not null,
        holder text not null,
        since timestamptz not null,
        until timestamptz not null,
        primary key (role, shard)
      ) with (fillfactor = 50)`.execute(db);
		await sql`create table paused (collection text primary key)`.execute(db);
	},
};
