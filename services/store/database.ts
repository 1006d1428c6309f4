import { Kysely } from "kysely";
import type { PoolConfig } from "pg";
import { migrationDialect, poolDialect } from "../platform/postgres/pool.ts";
import {
	type DatabaseSettings,
	SETTINGS,
} from "../platform/postgres/settings.ts";
import { migrate } from "./migrate.ts";
import { VERSION } from "./migrations/index.ts";
import type { Tables } from "./tables.ts";
import { holdVersion } from "./version.ts";

export type Database = Kysely<Tables>;

/**
 * Opens a pool and brings the schema up to date. Two processes that migrate at once are safe, and older ones go on
 * working (`migrate.ts`). Disposing the database (`destroy`) ends its connections.
 *
 * @throws Error when this code is too old for the database
 */
export async function openDatabase(
	connection: PoolConfig,
	settings: DatabaseSettings = SETTINGS,
): Promise<Database> {
	await migrateWith(connection, settings);
	return new Kysely<Tables>({
		// One connection stays: it holds the version of this code.
		dialect: poolDialect(connection, settings, (client) =>
			holdVersion(client, VERSION),
		),
	});
}

async function migrateWith(
	connection: PoolConfig,
	settings: DatabaseSettings,
): Promise<void> {
	await using db = new Kysely<unknown>({
		dialect: migrationDialect(connection, settings),
	});
	await migrate(db);
}
