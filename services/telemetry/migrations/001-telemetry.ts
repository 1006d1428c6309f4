import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Buckets of the histograms as they were when these tables were made. */
const BUCKETS = Array.from({ length: 10 }, (_, index) => index);

/**
 * Inner spans, a partition for each hour, so that what is old goes without a trace; and usage in three widths: by user,
 * and, with histograms, of all users together, which is what is asked for most and stays small.
 */
export const m001: Migration = {
	async up(db: Kysely<unknown>): Promise<void> {
		await sql`
      create table telemetry.span (
        trace_id bytea not null,
        span_id bytea not null,
        parent_id bytea,
        name text not null,
        kind smallint not null,
        role text not null,
        instance text not null,
        began timestamptz not null,
        nanoseconds bigint not null,
        failed boolean not null,
        attributes jsonb not null,
        events jsonb not null,
        primary key (trace_id, span_id, began)
      ) partition by range (began)`.execute(db);
		await sql`
      create table telemetry.span_hour (hour timestamptz primary key, spans bigint not null)`.execute(
			db,
		);
		for (const width of ["minute", "hour", "day"]) {
			await makeUsage(db, sql.table(`telemetry.usage_${width}`));
			await makeTotal(db, sql.table(`telemetry.total_${width}`));
		}
		await sql`
      create table telemetry.usage_user (
        user_id text primary key,
        realm text not null,
        username text not null,
        last timestamptz not null
      )`.execute(db);
		await sql`
      create table telemetry.progress (what text primary key, until timestamptz not null)`.execute(
			db,
		);
	},
};

type Table = ReturnType<typeof sql.table>;

const makeUsage = (db: Kysely<unknown>, table: Table) =>
	sql`
    create table ${table} (
      at timestamptz not null,
      user_id text not null,
      realm text not null,
      collection text not null,
      datasource text not null,
      status text not null,
      username text not null,
      requests bigint not null,
      bytes bigint not null,
      primary key (at, user_id, realm, collection, datasource, status)
    )`.execute(db);

const makeTotal = (db: Kysely<unknown>, table: Table) =>
	sql`
    create table ${table} (
      at timestamptz not null,
      realm text not null,
      collection text not null,
      datasource text not null,
      status text not null,
      requests bigint not null,
      bytes bigint not null,
      seconds float8 not null,
      attempt_seconds float8 not null,
      ${sql.join(["took", "worked"].flatMap((name) => BUCKETS.map((bucket) => sql`${sql.ref(`${name}_${bucket}`)} bigint not null`)))},
      primary key (at, realm, collection, datasource, status)
    )`.execute(db);
