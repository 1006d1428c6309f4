import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const m002: Migration = {
	async up(db: Kysely<unknown>): Promise<void> {
		await sql`create index request_uploading on request (modified_at) where status = 'uploading'`.execute(
			db,
		);
	},
};
