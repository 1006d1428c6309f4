import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Says which code may still work on this database: `needs` is raised by a contraction (`contractions.ts`). */
export const m005: Migration = {
	async up(db: Kysely<unknown>): Promise<void> {
		await sql`create table schema_state (needs integer not null)`.execute(db);
		await sql`insert into schema_state (needs) values (1)`.execute(db);
	},
};
