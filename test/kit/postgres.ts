import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { openLog } from "../../services/platform/log.ts";
import {
	type EmbeddedPostgres,
	openEmbedded,
} from "../../services/platform/postgres/embedded/postgres.ts";
import { copyCluster } from "./cluster.ts";

/** A database of a test's own; disposing of it drops it. */
export interface TestDatabase extends AsyncDisposable {
	/** What `new pg.Pool(connection)` takes. */
	readonly connection: EmbeddedPostgres["connection"];
	/** The same as a URL, for what is configured by one. */
	readonly url: string;
}

let server: Promise<EmbeddedPostgres> | undefined;
let count = 0;

/**
 * Makes an empty database in a PostgreSQL that all tests of this process share. That one forces nothing to disk, starts
 * with the first call (0.6 s; every further database 30 ms) and ends with the process, however that ends.
 *
 * @param elsewhere another PostgreSQL to make it in
 */
export async function testDatabase(
	elsewhere?: EmbeddedPostgres["connection"],
): Promise<TestDatabase> {
	if (elsewhere === undefined) server ??= startServer();
	const connection = elsewhere ?? (await server)?.connection;
	if (connection === undefined) throw new Error("no PostgreSQL was started");
	count += 1;
	const database = `test_${count}`;
	await command(connection, `create database ${database}`);
	const { host, port, user } = connection;
	return {
		connection: { ...connection, database },
		url: `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
		[Symbol.asyncDispose]: () =>
			command(connection, `drop database if exists ${database} with (force)`),
	};
}

async function startServer(): Promise<EmbeddedPostgres> {
	const folder = await mkdtemp(join(tmpdir(), "polytope-test-"));
	await copyCluster(folder);
	return openEmbedded({
		folder,
		log: openLog("warn"),
		durable: false,
		temporary: true,
	});
}

async function command(
	connection: EmbeddedPostgres["connection"],
	sql: string,
): Promise<void> {
	const client = new Client(connection);
	await client.connect();
	try {
		await client.query(sql);
	} finally {
		await client.end();
	}
}
