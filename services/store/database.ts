import { Kysely, PostgresDialect, type PostgresPoolClient } from "kysely";
import { Migrator } from "kysely/migration";
import pg, { type PoolClient, type PoolConfig } from "pg";
import { connectPatiently } from "./connect.ts";
import { migrations } from "./migrations/index.ts";
import { translated } from "./outage.ts";
import type { Tables } from "./tables.ts";

export type Database = Kysely<Tables>;

/** Milliseconds that a statement waits for a database that is away: longer than a restart, shorter than a call's deadline. */
const PATIENCE_MS = 6_000;

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
	pool.on("connect", (client) => {
		// Told again of a client that is in use; whoever uses it hears it from its statement.
		client.on("error", () => undefined);
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
		connect: async () =>
			named(await connectPatiently(pool, PATIENCE_MS), nameOf),
		end: () => pool.end(),
	};
}

/** Kysely asks a client for `query` with a text and values, or with a cursor, which we do not use. */
function named(
	client: PoolClient,
	nameOf: (text: string) => string,
): PostgresPoolClient {
	const query = async (text: unknown, values: readonly unknown[] = []) => {
		if (typeof text !== "string") throw new Error("cursors are not used here");
		try {
			return await (isSchemaOrTransaction(text)
				? client.query(text, [...values])
				: client.query({ name: nameOf(text), text, values: [...values] }));
		} catch (reason) {
			throw translated(reason);
		}
	};
	return new Proxy(client, {
		get: (target, property) =>
			property === "query" ? query : Reflect.get(target, property, target),
	}) as unknown as PostgresPoolClient;
}

const isSchemaOrTransaction = (text: string): boolean =>
	/^\s*(begin|commit|rollback|savepoint|start|create|alter)\b/i.test(text);
