import { PostgresDialect, type PostgresPoolClient } from "kysely";
import pg, { type ClientBase, type PoolClient, type PoolConfig } from "pg";
import { connectPatiently } from "./connect.ts";
import { measureWait, watchPool } from "./measure.ts";
import { translated } from "./outage.ts";
import type { DatabaseSettings } from "./settings.ts";
import { type Summary, summaryOf } from "./summary.ts";
import { beginStatement, failStatement } from "./trace.ts";

/** Beyond its time in the server a statement gets so long, ms, until its connection is given up as broken. */
const SILENCE_MS = 2_000;
/** How long a migration waits for what others hold, ms, before it lets them pass and tries again. */
const MIGRATION_LOCK_MS = 3_000;

/** @param onConnect done on each new connection before its first statement; one connection then always stays */
export function poolDialect(
	connection: PoolConfig,
	settings: DatabaseSettings,
	onConnect?: (client: ClientBase) => Promise<void>,
): PostgresDialect {
	const pool = new pg.Pool({
		...common(connection, settings),
		max: settings.connections,
		statement_timeout: settings.statementMs,
		lock_timeout: settings.lockMs,
		query_timeout: settings.statementMs + SILENCE_MS,
		...(onConnect && { min: 1, onConnect }),
	});
	const watching = watchPool(pool, settings);
	return new PostgresDialect({
		pool: {
			...prepared(pool, settings),
			end: async () => {
				watching[Symbol.dispose]();
				await pool.end();
			},
		},
	});
}

/** One connection, on which a statement may take its time. */
export const migrationDialect = (
	connection: PoolConfig,
	settings: DatabaseSettings,
): PostgresDialect => {
	const pool = new pg.Pool({
		...common(connection, settings),
		lock_timeout: MIGRATION_LOCK_MS,
		max: 1,
	});
	return new PostgresDialect({ pool: prepared(pool, settings) });
};

const common = (
	connection: PoolConfig,
	{ name, connectMs }: DatabaseSettings,
): PoolConfig => ({
	...connection,
	application_name: name,
	connectionTimeoutMillis: connectMs,
	keepAlive: true,
});

/**
 * Names every statement, so that PostgreSQL plans it once per connection: our statements are few and their texts
 * fixed (lists travel as arrays). Planning the larger ones costs more than running them.
 */
function prepared(pool: pg.Pool, { patienceMs, name }: DatabaseSettings) {
	pool.on("error", () => {
		// An idle connection broke: the pool has dropped it, and the next statement opens another or says why not.
	});
	pool.on("connect", (client) => {
		// Told again of a client that is in use; whoever uses it hears it from its statement.
		client.on("error", () => undefined);
	});
	const known = new Map<string, Statement>();
	const statementOf = (text: string): Statement => {
		const met = known.get(text);
		if (met !== undefined) return met;
		const made = { name: `s${known.size}`, summary: summaryOf(text) };
		known.set(text, made);
		return made;
	};
	return {
		options: pool.options,
		connect: async () => {
			const asked = performance.now();
			const client = await connectPatiently(pool, patienceMs);
			measureWait(name, performance.now() - asked);
			return named(client, statementOf);
		},
		end: () => pool.end(),
	};
}

/** A statement that was made before. */
interface Statement {
	readonly name: string;
	readonly summary: Summary;
}

/** Kysely asks a client for `query` with a text and values, or with a cursor, which we do not use. */
function named(
	client: PoolClient,
	statementOf: (text: string) => Statement,
): PostgresPoolClient {
	let broken = false;
	const query = async (text: unknown, values: readonly unknown[] = []) => {
		if (typeof text !== "string") throw new Error("cursors are not used here");
		const plain = isSchemaOrTransaction(text);
		const span = beginStatement(() =>
			plain ? summaryOf(text) : statementOf(text).summary,
		);
		try {
			return await (plain
				? client.query(text, [...values])
				: client.query({
						name: statementOf(text).name,
						text,
						values: [...values],
					}));
		} catch (reason) {
			failStatement(span, reason);
			// Nobody knows when its answer comes: the connection must not serve anybody else.
			broken ||= reason instanceof Error && reason.message === READ_TIMEOUT;
			throw translated(reason);
		} finally {
			span?.end();
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
	/^\s*(begin|commit|rollback|savepoint|start|create|alter|drop)\b/i.test(text);
