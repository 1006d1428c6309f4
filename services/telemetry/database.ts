import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import type { PoolConfig } from "pg";
import { outageOf } from "../platform/postgres/outage.ts";
import { migrationDialect, poolDialect } from "../platform/postgres/pool.ts";
import type { DatabaseSettings } from "../platform/postgres/settings.ts";
import { migrations } from "./migrations/index.ts";
import type { Tables } from "./tables.ts";

export type Database = Kysely<Tables>;

/** The schema that holds all tables of this role: they may lie beside the store's. */
const SCHEMA = "telemetry";
/** How often a migration is tried that meets rows in use by others. */
const TIMES = 20;

/** Opens a pool and brings the tables up to date; two processes may do so at once. */
export async function openDatabase(
	connection: PoolConfig,
	settings: DatabaseSettings,
): Promise<Database> {
	await migrate(connection, settings);
	return new Kysely<Tables>({ dialect: poolDialect(connection, settings) });
}

async function migrate(
	connection: PoolConfig,
	settings: DatabaseSettings,
): Promise<void> {
	await using db = new Kysely<unknown>({
		dialect: migrationDialect(connection, settings),
	});
	for (let time = 1; ; time += 1) {
		const { error } = await new Migrator({
			db,
			migrationTableSchema: SCHEMA,
			// Newer code may have been here: what it added does no harm.
			allowUnorderedMigrations: true,
			provider: { getMigrations: async () => ({ ...migrations }) },
		}).migrateToLatest();
		if (error === undefined) return;
		const known = await knowsMore(db);
		if (known) return;
		if (outageOf(error)?.passes !== true || time >= TIMES) throw error;
	}
}

/** Whether the database was migrated by newer code. */
async function knowsMore(db: Kysely<unknown>): Promise<boolean> {
	const { rows } = await sql<{ there: boolean }>`
    select to_regclass('telemetry.kysely_migration') is not null as there`.execute(
		db,
	);
	if (rows[0]?.there !== true) return false;
	const applied = await sql<{ count: string }>`
    select count(*) from telemetry.kysely_migration`.execute(db);
	return Number(applied.rows[0]?.count ?? 0) > Object.keys(migrations).length;
}
