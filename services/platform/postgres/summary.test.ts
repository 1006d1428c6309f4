import { describe, expect, test } from "vitest";
import { summaryOf } from "./summary.ts";

describe("the summary of a statement", () => {
	test.each([
		['select "id" from "request" where "id" in ($1)', "SELECT", "request"],
		["select r.* from request r, lateral (select 1) l", "SELECT", "request"],
		["select (select 1 from lane), 2 from request", "SELECT", "request"],
		["with w as (select 1 from lane) select * from w", "SELECT", "w"],
		["select id from request for update", "SELECT", "request"],
		[
			'insert into "telemetry"."span" ("a") values ($1)',
			"INSERT",
			"telemetry.span",
		],
		[
			"insert into lane(id) values ($1) on conflict (id) do update set n = 1",
			"INSERT",
			"lane",
		],
		["delete from lane where total = 0", "DELETE", "lane"],
		["select $1::text", "SELECT", undefined],
		["begin", "BEGIN", undefined],
	])("%s", (text, operation, table) => {
		const words = table === undefined ? operation : `${operation} ${table}`;
		expect(summaryOf(text)).toEqual({ text: words, operation, table });
	});

	test("is of what it writes, not of what it looks up before", () => {
		const text = `
      with wanted as (select * from unnest($1::uuid[]) as w(id)),
      held as materialized (
        select r.id from request r join wanted w on w.id = r.id
        where r.reason <> 'delete from (' for update of r
      )
      update request r set status = 'queued' from held where r.id = held.id returning r.*`;
		expect(summaryOf(text).text).toBe("UPDATE request");
	});

	test("names all that it writes, each once", () => {
		const text = `with made as (insert into request (id) values ($1) returning *),
      counted as (insert into lane (n) select 1 from made on conflict do nothing),
      more as (update lane set n = 2) select * from made`;
		expect(summaryOf(text)).toEqual({
			text: "INSERT request INSERT lane UPDATE lane",
			operation: undefined,
			table: undefined,
		});
	});

	test("tells no value", () => {
		const text = "select 'update secret' from request";
		expect(summaryOf(text).text).toBe("SELECT request");
	});
});
