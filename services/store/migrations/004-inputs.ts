import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** What users upload to be archived: where it lies in staging, and what it is. */
export const m004: Migration = {
	async up(db: Kysely<unknown>): Promise<void> {
		await sql`
      alter table request add column input_key text, add column input_length bigint, add column input_sha256 text,
        add column input_md5 text`.execute(db);
		await sql`create index request_by_input on request (input_key) where input_key is not null`.execute(
			db,
		);
	},
};
