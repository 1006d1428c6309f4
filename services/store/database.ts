import { Kysely, PostgresDialect, type PostgresPoolClient } from "kysely";
import { Migrator } from "kysely/migration";
import pg, { type PoolClient, type PoolConfig } from "pg";
import { fault } from "../platform/faults.ts";
import { migrations } from "./migrations/index.ts";
import type { Tables } from "./tables.ts";

export type Database = Kysely<Tables>;

/**
 * Opens a pool and brings the schema up to date. Two processes that migrate at once are safe: kysely's migrator takes
 * an advisory lock. Disposing the database (`destroy`) ends its connections.
 */
export async function openDatabase(config: PoolConfig): Promise<Database> {
	const db = new Kysely<Tables>({
		dialect: new PostgresDialect({ pool: prepared(new pg.Pool(config)) }),
	});
	const { error } = await new Migrator({
		db,
		provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
	}).migrateToLatest();
	if (error !== undefined) {
		await db.destroy();
		throw error;
	}
	return db;
}

/**
 * Names every statement, so that PostgreSQL plans it once per connection: our statements are few and their texts
 * fixed (lists travel as arrays). Planning the larger ones costs more than running them.
 */
function prepared(pool: pg.Pool) {
	pool.on("error", () => {
		// An idle connection broke: the pool has dropped it, and the next statement opens another or says why not.
	});
	const names = new Map<string, string>();
	const nameOf = (text: string): string => {
		const known = names.get(text);
		if (known !== undefined) return known;
		const name = `s${names.size}`;
		names.set(text, name);
		return name;
	};
	return {
		options: pool.options,
		connect: async () => named(await connect(pool), nameOf),
		end: () => pool.end(),
	};
}

async function connect(pool: pg.Pool): Promise<PoolClient> {
	try {
		return await pool.connect();
	} catch (reason) {
		throw fault("UNAVAILABLE", "the database does not answer", reason);
	}
}

/** Kysely asks a client for `query` with a text and values, or with a cursor, which we do not use. */
function named(
	client: PoolClient,
	nameOf: (text: string) => string,
): PostgresPoolClient {
	const query = (text: unknown, values: readonly unknown[] = []) => {
		if (typeof text !== "string") throw new Error("cursors are not used here");
		return isSchemaOrTransaction(text)
			? client.query(text, [...values])
			: client.query({ name: nameOf(text), text, values: [...values] });
	};
	return new Proxy(client, {
		get: (target, property) =>
			property === "query" ? query : Reflect.get(target, property, target),
	}) as unknown as PostgresPoolClient;
}

const isSchemaOrTransaction = (text: string): boolean =>
	/^\s*(begin|commit|rollback|savepoint|start|create|alter)\b/i.test(text);
