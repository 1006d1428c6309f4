import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type RawBuilder, sql } from "kysely";
import type { Usage } from "../../../gen/polytope/store/v1/store_pb.js";
import { statusName } from "../../platform/lifecycle.ts";
import { TOOK, WORKED } from "../bounds.ts";
import type { Database } from "../database.ts";
import { beginOf, WIDTH_MS, type Width } from "./widths.ts";

const KEYS = [
	"at",
	"user_id",
	"realm",
	"collection",
	"datasource",
	"status",
] as const;
const SUMS: readonly string[] = [
	"requests",
	"bytes",
	"seconds",
	"attempt_seconds",
	...TOOK,
	...WORKED,
];
const refs = (names: readonly string[]) =>
	sql.join(names.map((name) => sql.ref(name)));

/**
 * What is counted again only ever grows: requests that expired in the store since, or that wait again, were counted, and
 * stay so.
 */
const onConflict = sql`on conflict (${refs(KEYS)}) do update set username = excluded.username, ${sql.join(
	SUMS.map(
		(name) =>
			sql`${sql.ref(name)} = greatest(u.${sql.ref(name)}, excluded.${sql.ref(name)})`,
	),
)}`;

/** Notes what the store counted, by the minute. */
export async function writeMinutes(
	db: Database,
	usages: readonly Usage[],
): Promise<void> {
	if (usages.length === 0) return;
	const sums = sql.join(
		SUMS.map(
			(name): RawBuilder<unknown> =>
				/seconds$/.test(name)
					? sql`${sql.ref(name)} float8`
					: sql`${sql.ref(name)} bigint`,
		),
	);
	await sql`
    insert into telemetry.usage_minute as u (${refs(KEYS)}, username, ${refs(SUMS)})
    select ${refs(KEYS)}, username, ${refs(SUMS)}
    from jsonb_to_recordset(${JSON.stringify(usages.map(toRow))}::jsonb) as i(at timestamptz, user_id text, realm text,
      collection text, datasource text, status text, username text, ${sums})
    order by ${refs(KEYS)}
    ${onConflict}`.execute(db);
}

function toRow(usage: Usage) {
	const { within, attemptWithin } = usage;
	const buckets = [
		...TOOK.map((name, index) => [name, String(within[index] ?? 0)]),
		...WORKED.map((name, index) => [name, String(attemptWithin[index] ?? 0)]),
	];
	return {
		at: new Date(usage.minute ? timestampMs(usage.minute) : 0),
		user_id: usage.userId,
		realm: usage.realm,
		collection: usage.collection,
		datasource: usage.datasource,
		status: statusName(usage.status),
		username: usage.username,
		requests: String(usage.requests),
		bytes: String(usage.bytes),
		seconds: usage.seconds,
		attempt_seconds: usage.attemptSeconds,
		...Object.fromEntries(buckets),
	};
}

/** Counts hours from minutes, or days from hours: those that touch a span of time, ms since 1970. */
export async function widen(
	db: Database,
	{ from, to }: { readonly from: Width; readonly to: Width },
	span: { readonly since: number; readonly until: number },
): Promise<void> {
	const since = new Date(beginOf(to, span.since));
	const until = new Date(beginOf(to, span.until - 1) + WIDTH_MS[to]);
	const at = sql`date_trunc(${sql.lit(to)}, at, 'UTC')`;
	const keys = sql`${at}, ${refs(KEYS.slice(1))}`;
	const sums = sql.join(SUMS.map((name) => sql`sum(${sql.ref(name)})`));
	await sql`
    insert into ${sql.table(`telemetry.usage_${to}`)} as u (${refs(KEYS)}, username, ${refs(SUMS)})
    select ${keys}, max(username), ${sums} from ${sql.table(`telemetry.usage_${from}`)}
    where at >= ${since} and at < ${until} group by ${keys} order by ${keys}
    ${onConflict}`.execute(db);
}
