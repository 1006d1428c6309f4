import { Client } from "pg";

/** A request as it stands in the database, read without any code of the store. */
export interface Row {
	readonly id: string;
	readonly username: string;
	readonly collection: string;
	readonly verb: string;
	readonly status: string;
	readonly posted: string;
	readonly hidden: boolean;
	readonly attempt: number;
	readonly user_message: string;
	readonly staging_key: string | null;
	readonly input_key: string | null;
	readonly media_type: string | null;
	readonly sha256: string | null;
	readonly idempotency_key: string | null;
	readonly history: readonly {
		readonly s: string;
		readonly a: number;
		readonly r?: string;
	}[];
}

/** Looks into the stack's PostgreSQL from outside. */
export interface Inspector extends AsyncDisposable {
	rows(): Promise<Row[]>;
	/** Lets a request have been changed by so much earlier. */
	age(id: string, by: string): Promise<void>;
	/** How many requests have not ended. */
	unfinished(): Promise<number>;
	/** How many run whose lease is over. */
	overdue(): Promise<number>;
	/** Lanes that do not say what the requests say. */
	untrueLanes(): Promise<string[]>;
	/** Connections of our processes: all, and those that hold a transaction open. */
	connections(): Promise<{ all: number; busy: number }>;
}

export async function openInspector(url: string): Promise<Inspector> {
	const db = new Client({ connectionString: url, application_name: "chaos" });
	// The next question tells of it.
	db.on("error", () => undefined);
	await db.connect();
	const count = async (sql: string): Promise<number> =>
		Number((await db.query<{ count: string }>(sql)).rows[0]?.count);
	return {
		rows: async () =>
			(
				await db.query<Row>(
					`select id, username, collection, verb, status, posted, hidden, attempt, user_message, staging_key, input_key,
					   media_type, sha256, idempotency_key, history from request order by seq`,
				)
			).rows,
		age: async (id, by) =>
			void (await db.query(
				"update request set modified_at = modified_at - $2::interval where id = $1",
				[id, by],
			)),
		unfinished: () =>
			count(
				"select count(*) from request where status not in ('processed', 'failed', 'cancelled')",
			),
		overdue: () =>
			count(
				"select count(*) from request where status = 'processing' and lease_until < now()",
			),
		untrueLanes: async () =>
			(await db.query<{ lane: string }>(UNTRUE)).rows.map(({ lane }) => lane),
		connections: async () => ({
			all: await count(`select count(*) from pg_stat_activity where ${OURS}`),
			busy: await count(
				`select count(*) from pg_stat_activity where ${OURS} and state like 'idle in transaction%'`,
			),
		}),
		[Symbol.asyncDispose]: () => db.end(),
	};
}

const OURS =
	"backend_type = 'client backend' and application_name = 'polytope'";

const UNTRUE = `
select format('%s of %s: waiting %s in truth %s, deferred %s / %s, in flight %s / %s', coalesce(l.collection, t.collection),
    coalesce(l.user_id, t.user_id), l.waiting, t.waiting, l.deferred, t.deferred, l.in_flight, t.in_flight) as lane
from lane l full join (
  select collection, user_id,
    count(*) filter (where status = 'waiting' and not_before is null) as waiting,
    count(*) filter (where status = 'waiting' and not_before is not null) as deferred,
    count(*) filter (where status in ('queued', 'processing')) as in_flight
  from request group by collection, user_id) t using (collection, user_id)
where coalesce(l.waiting, 0) <> coalesce(t.waiting, 0) or coalesce(l.deferred, 0) <> coalesce(t.deferred, 0)
  or coalesce(l.in_flight, 0) <> coalesce(t.in_flight, 0)`;
