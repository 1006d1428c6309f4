import { Client } from "pg";
import { expect, test } from "vitest";
import { testDatabase } from "./postgres.ts";

test("every test gets an empty database of its own, by URL as well", async () => {
	await using one = await testDatabase();
	await using other = await testDatabase();
	const first = new Client(one.connection);
	const second = new Client({ connectionString: other.url });
	await Promise.all([first.connect(), second.connect()]);
	await first.query("create table mine (n int)");
	const { rows } = await second.query(
		"select current_database() as name, to_regclass('mine') as mine",
	);
	expect(rows).toEqual([{ name: other.connection.database, mine: null }]);
	await Promise.all([first.end(), second.end()]);
});
