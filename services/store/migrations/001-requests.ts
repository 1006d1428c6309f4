import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const m001: Migration = {
	async up(db: Kysely<unknown>): Promise<void> {
		await sql`
      create table request (
        seq bigint generated always as identity,
        id uuid primary key,
        user_id text not null,
        username text not null,
        realm text not null,
        roles text[] not null,
        attributes jsonb not null,
        collection text not null,
        verb text not null,
        status text not null check (status in
          ('waiting', 'uploading', 'queued', 'processing', 'processed', 'failed', 'cancelled')),
        attempt integer not null default 0,
        tries integer not null default 0,
        priority integer not null default 0,
        labels jsonb not null,
        posted text not null,
        posted_json boolean not null,
        coerced text not null,
        datasource text not null,
        user_message text not null default '',
        url text not null default '',
        traceparent text not null default '',
        idempotency_key text,
        hidden boolean not null default false,
        history jsonb not null,
        created_at timestamptz not null,
        modified_at timestamptz not null,
        lease_until timestamptz,
        worker_id text,
        staging_key text,
        media_type text,
        content_length bigint,
        sha256 text,
        md5 text,
        progress_bytes bigint not null default 0,
        progress_fields bigint not null default 0
      ) with (fillfactor = 80)`.execute(db);
		await sql`create unique index request_by_user on request (user_id, seq)`.execute(
			db,
		);
		await sql`create unique index request_once on request (user_id, idempotency_key)
      where idempotency_key is not null`.execute(db);
		await sql`create index request_waiting on request (collection, user_id, seq) where status = 'waiting'`.execute(
			db,
		);
		await sql`create index request_queued on request (modified_at) where status = 'queued'`.execute(
			db,
		);
		await sql`create index request_leased on request (lease_until) where status = 'processing'`.execute(
			db,
		);
		await sql`create index request_final on request (modified_at)
      where status in ('processed', 'failed', 'cancelled')`.execute(db);
		await sql`create index request_by_key on request (staging_key) where staging_key is not null`.execute(
			db,
		);
		await sql`
      create table lane (
        collection text not null,
        user_id text not null,
        waiting integer not null default 0,
        in_flight integer not null default 0,
        cap integer not null default 0,
        head bigint not null default 0,
        primary key (collection, user_id)
      ) with (fillfactor = 50)`.execute(db);
		await sql`create index lane_ready on lane (collection, head)
      where waiting > 0 and (cap = 0 or in_flight < cap)`.execute(db);
		await sql`create index lane_busy on lane (collection) where in_flight > 0`.execute(
			db,
		);
		await sql`create index lane_by_user on lane (user_id)`.execute(db);
		await sql`create table worker (id text primary key, slots integer not null, alive_until timestamptz not null)`.execute(
			db,
		);
	},
};
