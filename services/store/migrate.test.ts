import { Kysely, PostgresDialect, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { Client, Pool } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/kit/postgres.ts";
import { until } from "../../test/kit/until.ts";
import { openDatabase } from "./database.ts";
import { migrate, type Schema } from "./migrate.ts";
import { migrations, VERSION } from "./migrations/index.ts";
import { holdVersion } from "./version.ts";

let database: TestDatabase;
let db: Kysely<unknown>;

beforeEach(async () => {
	database = await testDatabase();
	const pool = new Pool({ ...database.connection, max: 2 });
	// Its connections have not left yet when the database is dropped.
	pool.on("error", () => undefined);
	db = new Kysely({ dialect: new PostgresDialect({ pool }) });
});
afterEach(async () => {
	await db.destroy();
	await database[Symbol.asyncDispose]();
});

/** As of today. */
const OLD: Schema = { version: VERSION, migrations, contractions: [] };
const step = (text: string): Migration => ({
	up: async (on) => void (await sql.raw(text).execute(on)),
});
/** The release after: it only adds. */
const NEW: Schema = {
	version: VERSION + 1,
	migrations: {
		...migrations,
		"999-more": step("alter table request add column more text"),
	},
	contractions: [
		{
			needs: VERSION + 1,
			statements: [sql`alter table request drop column url`],
		},
	],
};

const columns = async (): Promise<string[]> => {
	const { rows } = await sql<{ name: string }>`
    select column_name as name from information_schema.columns where table_name = 'request'`.execute(
		db,
	);
	return rows.map(({ name }) => name);
};

async function connectionOf(version: number): Promise<Client> {
	const client = new Client(database.connection);
	await client.connect();
	try {
		await holdVersion(client, version);
		return client;
	} catch (reason) {
		await client.end();
		throw reason;
	}
}

describe("migrating", () => {
	it("is safe for several processes at once", async () => {
		const opened = await Promise.all(
			[1, 2, 3, 4].map(() => openDatabase(database.connection)),
		);
		const { rows } = await sql`select name from kysely_migration`.execute(db);
		expect(rows).toHaveLength(VERSION);
		for (const one of opened) await one.destroy();
	});

	it("forward leaves older code at work, and lets it start again", async () => {
		await migrate(db, OLD);
		const old = await connectionOf(OLD.version);
		await migrate(db, NEW);
		expect(await columns()).toEqual(expect.arrayContaining(["more", "url"]));
		await old.query("select url from request");
		await migrate(db, OLD);
		await old.end();
	});

	it("takes away only when no older code is at work; from then on it is refused, with what to do", async () => {
		await migrate(db, OLD);
		const old = await connectionOf(OLD.version);
		const ours = await connectionOf(NEW.version);
		await migrate(db, NEW);
		expect(await columns()).toContain("url");
		await old.end();
		await until("it is taken away", async () => {
			await migrate(db, NEW);
			return !(await columns()).includes("url");
		});
		await expect(migrate(db, OLD)).rejects.toThrow(
			`knows version ${OLD.version} of the schema, the database needs a program that knows version ${NEW.version} or newer. Update`,
		);
		await expect(connectionOf(OLD.version)).rejects.toThrow(/too old/);
		await ours.end();
	});
});

describe("a connection", () => {
	it("has its limits and a name", async () => {
		const opened = await openDatabase(database.connection);
		const show = async (name: string) =>
			(
				await sql<{
					it: string;
				}>`select current_setting(${name}) as it`.execute(opened)
			).rows[0]?.it;
		expect(await show("statement_timeout")).toBe("10s");
		expect(await show("lock_timeout")).toBe("5s");
		expect(await show("application_name")).toBe("polytope");
		await opened.destroy();
	});
});
