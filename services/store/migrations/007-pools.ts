import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Which pools a worker serves; workers of before say nothing, and serve all. */
export const m007: Migration = {
	async up(db: Kysely<unknown>): Promise<void> {
		await sql`alter table worker add column pools text[] not null default '{}'`.execute(
			db,
		);
	},
};
