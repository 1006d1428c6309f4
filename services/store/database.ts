import { Kysely, PostgresDialect, type PostgresPoolClient } from "kysely";
import pg, { type PoolClient, type PoolConfig } from "pg";
import { connectPatiently } from "./connect.ts";
import { migrate } from "./migrate.ts";
import { VERSION } from "./migrations/index.ts";
import { translated } from "./outage.ts";
import type { Tables } from "./tables.ts";
import { holdVersion } from "./version.ts";

export type Database = Kysely<Tables>;

/** How the database is used; times in milliseconds. */
export interface DatabaseSettings {
	/** Connections of this process at most. */
	readonly connections: number;
	/** How long a statement waits for a database that is away: longer than a restart, shorter than a call's deadline. */
	readonly patienceMs: number;
	/** How long one try to connect may take, and a statement may wait for a free connection. */
	readonly connectMs: number;
	readonly statementMs: number;
	readonly lockMs: number;
	/** What PostgreSQL's own views call us. */
	readonly name: string;
}

/** As configured by default. */
export const SETTINGS: DatabaseSettings = {
	connections: 12,
	patienceMs: 6_000,
	connectMs: 5_000,
	statementMs: 10_000,
	lockMs: 5_000,
	name: "polytope",
};

/** Beyond its time in the server a statement gets so long, ms, until its connection is given up as broken. */
const SILENCE_MS = 2_000;
/** How long a migration waits for what others hold, ms, before it lets them pass and tries again. */
const MIGRATION_LOCK_MS = 3_000;

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
	const common: PoolConfig = {
		...connection,
		application_name: settings.name,
		connectionTimeoutMillis: settings.connectMs,
		keepAlive: true,
	};
	await migrateWith(
		{ ...common, lock_timeout: MIGRATION_LOCK_MS, max: 1 },
		settings,
	);
	const pool = new pg.Pool({
		...common,
		max: settings.connections,
		// One stays: it holds the version of this code.
		min: 1,
		statement_timeout: settings.statementMs,
		lock_timeout: settings.lockMs,
		query_timeout: settings.statementMs + SILENCE_MS,
		onConnect: (client) => holdVersion(client, VERSION),
	});
	return new Kysely<Tables>({
		dialect: new PostgresDialect({ pool: prepared(pool, settings) }),
	});
}

async function migrateWith(
	config: PoolConfig,
	settings: DatabaseSettings,
): Promise<void> {
	await using db = new Kysely<unknown>({
		dialect: new PostgresDialect({
			pool: prepared(new pg.Pool(config), settings),
		}),
	});
	await migrate(db);
}

/**
 * Names every statement, so that PostgreSQL plans it once per connection: our statements are few and their texts
 * fixed (lists travel as arrays). Planning the larger ones costs more than running them.
 */
function prepared(pool: pg.Pool, { patienceMs }: DatabaseSettings) {
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
			named(await connectPatiently(pool, patienceMs), nameOf),
		end: () => pool.end(),
	};
}

/** Kysely asks a client for `query` with a text and values, or with a cursor, which we do not use. */
function named(
	client: PoolClient,
	nameOf: (text: string) => string,
): PostgresPoolClient {
	let broken = false;
	const query = async (text: unknown, values: readonly unknown[] = []) => {
		if (typeof text !== "string") throw new Error("cursors are not used here");
		try {
			return await (isSchemaOrTransaction(text)
				? client.query(text, [...values])
				: client.query({ name: nameOf(text), text, values: [...values] }));
		} catch (reason) {
			// Nobody knows when its answer comes: the connection must not serve anybody else.
			broken ||= reason instanceof Error && reason.message === READ_TIMEOUT;
			throw translated(reason);
		}
	};
	const release = (): void => client.release(broken);
	return new Proxy(client, {
		get: (target, property) => {
			if (property === "query") return query;
			if (property === "release") return release;
			return Reflect.get(target, property, target);
		},
	}) as unknown as PostgresPoolClient;
}

/** What `pg` says when a statement was not answered in `query_timeout`. */
const READ_TIMEOUT = "Query read timeout";

const isSchemaOrTransaction = (text: string): boolean =>
	/^\s*(begin|commit|rollback|savepoint|start|create|alter)\b/i.test(text);
