import { type Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { outageOf } from "../platform/postgres/outage.ts";
import { type Contraction, contractions } from "./migrations/contractions.ts";
import { migrations, VERSION } from "./migrations/index.ts";
import { nobodyOlder, tooOld } from "./version.ts";

/** What this code knows; another in tests. */
export interface Schema {
	readonly version: number;
	readonly migrations: typeof migrations;
	readonly contractions: typeof contractions;
}

const OURS: Schema = { version: VERSION, migrations, contractions };

/**
 * Brings the schema up to date while older code may be at work on it, and newer code too. Two processes that migrate at
 * once are safe: kysely's migrator and the contractions take locks.
 *
 * @throws Error when this code is too old for the database
 */
export async function migrate(
	db: Kysely<unknown>,
	schema: Schema = OURS,
): Promise<void> {
	await refuseTooOld(db, schema.version);
	// A database that knows more than we do was migrated by newer code, which only added: there is nothing to do.
	if ((await applied(db)) <= schema.version) await expand(db, schema);
	await contract(db, schema);
}

const exists = async (db: Kysely<unknown>, table: string): Promise<boolean> => {
	const { rows } = await sql<{ there: boolean }>`
    select to_regclass(${table}) is not null as there`.execute(db);
	return rows[0]?.there === true;
};

async function applied(db: Kysely<unknown>): Promise<number> {
	if (!(await exists(db, "kysely_migration"))) return 0;
	const { rows } = await sql<{ count: string }>`
    select count(*) from kysely_migration`.execute(db);
	return Number(rows[0]?.count ?? 0);
}

async function refuseTooOld(
	db: Kysely<unknown>,
	version: number,
): Promise<void> {
	if (!(await exists(db, "schema_state"))) return;
	const { rows } = await sql<{ needs: number }>`
    select needs from schema_state`.execute(db);
	const needs = rows[0]?.needs ?? 1;
	if (needs > version) throw new Error(tooOld(version, needs));
}

/** How often a migration is tried that meets rows in use by others. */
const TIMES = 20;

async function expand(db: Kysely<unknown>, schema: Schema): Promise<void> {
	for (let time = 1; ; time += 1) {
		const { error } = await new Migrator({
			db,
			provider: { getMigrations: async () => ({ ...schema.migrations }) },
			// Named, or its tables would be taken for there when another schema of the database has some.
			migrationTableSchema: "public",
		}).migrateToLatest();
		if (error === undefined) return;
		const busy = outageOf(error)?.passes === true;
		// Another process, of newer code, may have been faster.
		if (!busy && (await applied(db)) > schema.version) return;
		if (!busy || time >= TIMES) throw error;
	}
}

/** Only while no older code is at work; else the next start tries again. */
async function contract(db: Kysely<unknown>, schema: Schema): Promise<void> {
	for (const contraction of schema.contractions) {
		if (contraction.needs > schema.version) continue;
		try {
			await contractOnce(db, contraction);
		} catch (error) {
			if (outageOf(error)?.passes !== true) throw error;
		}
	}
}

const contractOnce = (
	db: Kysely<unknown>,
	{ needs, statements }: Contraction,
): Promise<void> =>
	db.transaction().execute(async (tx) => {
		const { rows } = await sql<{ needs: number }>`
      select needs from schema_state for update`.execute(tx);
		const done = (rows[0]?.needs ?? 1) >= needs;
		if (done || !(await nobodyOlder(tx, needs))) return;
		for (const statement of statements) await statement.execute(tx);
		await sql`update schema_state set needs = ${needs}`.execute(tx);
	});
