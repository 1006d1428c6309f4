import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { StoreService } from "../gen/polytope/store/v1/store_pb.js";
import { openLog } from "../services/platform/log.ts";
import { openEmbedded } from "../services/platform/postgres/embedded/postgres.ts";
import { SETTINGS } from "../services/platform/postgres/settings.ts";
import { link } from "../services/platform/rpc/link.ts";
import { openChanges } from "../services/store/changes.ts";
import { openDatabase as openStore } from "../services/store/database.ts";
import { storeRoutes } from "../services/store/service.ts";
import { openDatabase } from "../services/telemetry/database.ts";
import { usageReader } from "../services/telemetry/usage/read.ts";
import { roll } from "../services/telemetry/usage/roll.ts";
import { WIDTH_MS } from "../services/telemetry/usage/widths.ts";
import { type Benchmark, quantile } from "./measure.ts";

const FEW = 200_000;
const MANY = 1_000_000;
/** All of them ask in each hour of a day, of each collection. */
const USERS = 50;
const COLLECTIONS = 5;
const ROUNDS = 20;
const KEPT = {
	minute: 3 * WIDTH_MS.hour,
	hour: 8 * WIDTH_MS.day,
	day: 400 * WIDTH_MS.day,
};
const PATIENT = { ...SETTINGS, statementMs: 600_000, patienceMs: 600_000 };

/** What usage of a day costs to count, to keep and to ask for, by the number of requests. */
export const telemetry: Benchmark = {
	name: "telemetry",
	async run() {
		const few = await measured(FEW);
		const many = await measured(MANY);
		return [
			{
				name: "usage of 10⁶ requests, rows",
				value: many.rows,
				unit: "rows",
				baseline: few.rows,
				goals: [{ at: "most", bound: 2, of: "ratio" }],
			},
			{
				name: "usage of 10⁶ requests, size",
				value: many.mebibytes,
				unit: "MiB",
				baseline: few.mebibytes,
				goals: [{ at: "most", bound: 2, of: "ratio" }],
			},
			...(["summary", "hour", "page"] as const).map((name) => ({
				name: `10⁶ requests, ${NAMES[name]}`,
				value: many[name],
				unit: "ms",
				baseline: few[name],
				goals: [{ at: "most" as const, bound: 50, of: "value" as const }],
			})),
			{
				name: "10⁶ requests, counted in all",
				value: many.seconds,
				unit: "s",
				baseline: few.seconds,
			},
		];
	},
};

const NAMES = {
	summary: "usage of a day",
	hour: "usage of an hour",
	page: "a page of requests",
} as const;

async function measured(requests: number) {
	const folder = await mkdtemp(join(tmpdir(), "bench-"));
	const log = openLog("warn", { out: process.stderr });
	await using server = await openEmbedded({
		folder,
		log,
		durable: false,
		temporary: true,
	});
	await using store = await openStore(server.connection, PATIENT);
	await using db = await openDatabase(server.connection, PATIENT);
	const now = Date.now();
	await sql`
    insert into request (id, user_id, username, realm, roles, attributes, collection, verb, status, labels, posted,
      posted_json, coerced, datasource, history, created_at, modified_at, content_length)
    select (lpad(to_hex((ms - 2000)::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid, u, u, 'realm', '{}', '{}',
      'collection-' || i % ${COLLECTIONS}, 'retrieve', case when i % 50 = 0 then 'failed' else 'processed' end, '{}', 'x', false, '{}', 'echo',
      jsonb_build_array(jsonb_build_object('s', 'processing', 't', ms - 1000, 'a', 1)),
      to_timestamp((ms - 2000) / 1000), to_timestamp(ms / 1000), 1000
    from (select i, 'user-' || i / ${COLLECTIONS} % ${USERS} as u, ${now}::float8 - (i::float8 / ${requests}) * 86400000 as ms
      from generate_series(1, ${requests}::int) as i) as made`.execute(store);
	await sql`vacuum analyze request`.execute(store);
	const clock = { now: () => now };
	const ctx = { db: store, changes: openChanges(), clock, log };
	const client = link(StoreService, { routes: storeRoutes(ctx) });
	const begun = performance.now();
	const never = new AbortController().signal;
	await roll({ db, store: client, clock, kept: KEPT }, never);
	const seconds = (performance.now() - begun) / 1000;
	await sql`vacuum full analyze`.execute(db);
	const { rows } = await sql<{ bytes: string; rows: string }>`
    select sum(pg_total_relation_size(c.oid)) as bytes, sum(greatest(c.reltuples, 0)) as rows from pg_class c
    where c.relnamespace = 'telemetry'::regnamespace and c.relkind = 'r'`.execute(
		db,
	);
	const usage = usageReader(db, () => now, KEPT);
	const lately = (windowMs: number) => async () => {
		await usage.totals(windowMs);
		await usage.crowd(windowMs);
		await usage.users(windowMs, 10);
	};
	return {
		seconds,
		rows: Number(rows[0]?.rows),
		mebibytes: Number(rows[0]?.bytes) / 2 ** 20,
		summary: await timed(lately(WIDTH_MS.day)),
		hour: await timed(lately(WIDTH_MS.hour)),
		page: await timed(() =>
			client.search({ limit: 100, collection: "collection-1" }),
		),
	};
}

/** The median, ms. */
async function timed(work: () => Promise<unknown>): Promise<number> {
	const took: number[] = [];
	for (let round = -3; round < ROUNDS; round++) {
		const begun = performance.now();
		await work();
		if (round >= 0) took.push(performance.now() - begun);
	}
	return quantile(took, 0.5);
}
