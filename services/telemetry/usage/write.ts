import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type RawBuilder, sql } from "kysely";
import type { Usage } from "../../../gen/polytope/store/v1/store_pb.js";
import { statusName } from "../../platform/lifecycle.ts";
import { TOOK, WORKED } from "../bounds.ts";
import type { Database } from "../database.ts";
import { beginOf, WIDTH_MS, type Width } from "./widths.ts";

/** A kind of table: what tells its rows apart, and what is counted. */
interface Kind {
	readonly name: "usage" | "total";
	readonly keys: readonly string[];
	readonly sums: readonly string[];
}

const USAGE: Kind = {
	name: "usage",
	keys: [
		"at",
		"user_id",
		"username",
		"realm",
		"collection",
		"datasource",
		"status",
	],
	sums: ["requests", "bytes"],
};
const TOTAL: Kind = {
	name: "total",
	keys: ["at", "realm", "collection", "datasource", "status"],
	sums: ["requests", "bytes", "seconds", "attempt_seconds", ...TOOK, ...WORKED],
};
const KINDS = [USAGE, TOTAL];

const refs = (names: readonly string[]) =>
	sql.join(names.map((name) => sql.ref(name)));

/** A user's name tells nothing apart: their id does. */
const unique = ({ keys }: Kind) =>
	refs(keys.filter((key) => key !== "username"));

/**
 * What is counted again only ever grows: requests that expired in the store since, or that wait again, were counted, and
 * stay so. Rows that did not grow are not written.
 */
function raise(kind: Kind) {
	const each = (of: (name: RawBuilder<unknown>) => RawBuilder<unknown>) =>
		kind.sums.map((name) => of(sql.ref(name)));
	const greatest = each(
		(name) => sql`${name} = greatest(u.${name}, excluded.${name})`,
	);
	const grown = each((name) => sql`excluded.${name} > u.${name}`);
	return sql`on conflict (${unique(kind)}) do update set ${sql.join(greatest)} where ${sql.join(grown, sql` or `)}`;
}

/** Notes what the store counted, by the minute: each minute of the answer is whole. */
export async function writeMinutes(
	db: Database,
	usages: readonly Usage[],
): Promise<void> {
	const rows = JSON.stringify(usages.map(toRow));
	for (const kind of KINDS) {
		const { keys, sums } = kind;
		await sql`
      insert into ${sql.table(`telemetry.${kind.name}_minute`)} as u (${refs(keys)}, ${refs(sums)})
      select ${refs(keys)}, ${summed(sums)} from jsonb_to_recordset(${rows}::jsonb) as i(${columns})
      group by ${refs(keys)} order by ${unique(kind)}
      ${raise(kind)}`.execute(db);
	}
	await sql`
    insert into telemetry.usage_user as u (user_id, realm, username, last)
    select user_id, max(realm), max(username), max(at) from jsonb_to_recordset(${rows}::jsonb) as i(${columns})
    group by user_id order by user_id
    on conflict (user_id) do update set last = greatest(u.last, excluded.last), username = excluded.username`.execute(
		db,
	);
}

const summed = (sums: readonly string[]) =>
	sql.join(sums.map((name) => sql`sum(${sql.ref(name)})`));

const columns = sql.join(
	[...USAGE.keys, ...TOTAL.sums].map((name): RawBuilder<unknown> => {
		if (name === "at") return sql`at timestamptz`;
		if (/seconds$/.test(name)) return sql`${sql.ref(name)} float8`;
		return USAGE.keys.includes(name)
			? sql`${sql.ref(name)} text`
			: sql`${sql.ref(name)} bigint`;
	}),
);

function toRow(usage: Usage) {
	const { within, attemptWithin } = usage;
	const buckets = [
		...TOOK.map((name, index) => [name, String(within[index] ?? 0)]),
		...WORKED.map((name, index) => [name, String(attemptWithin[index] ?? 0)]),
	];
	return {
		at: new Date(usage.minute ? timestampMs(usage.minute) : 0),
		user_id: usage.userId,
		username: usage.username,
		realm: usage.realm,
		collection: usage.collection,
		datasource: usage.datasource,
		status: statusName(usage.status),
		requests: String(usage.requests),
		bytes: String(usage.bytes),
		seconds: usage.seconds,
		attempt_seconds: usage.attemptSeconds,
		...Object.fromEntries(buckets),
	};
}

const STEPS: readonly { readonly from: Width; readonly to: Width }[] = [
	{ from: "minute", to: "hour" },
	{ from: "hour", to: "day" },
];

/** Counts hours from minutes and days from hours: those that touch a span of time, ms since 1970. */
export async function widen(
	db: Database,
	span: { readonly since: number; readonly until: number },
): Promise<void> {
	for (const { from, to } of STEPS) {
		const since = new Date(beginOf(to, span.since));
		const until = new Date(beginOf(to, span.until - 1) + WIDTH_MS[to]);
		const at = sql`date_trunc(${sql.lit(to)}, at, 'UTC')`;
		for (const kind of KINDS) {
			const { name, sums } = kind;
			const others = kind.keys.slice(1).filter((key) => key !== "username");
			const named = kind === USAGE ? sql`, max(username)` : sql``;
			const username = kind === USAGE ? sql`, username` : sql``;
			await sql`
        insert into ${sql.table(`telemetry.${name}_${to}`)} as u (at, ${refs(others)}${username}, ${refs(sums)})
        select ${at}, ${refs(others)}${named}, ${summed(sums)} from ${sql.table(`telemetry.${name}_${from}`)}
        where at >= ${since} and at < ${until}
        group by ${at}, ${refs(others)} order by ${at}, ${refs(others)}
        ${raise(kind)}`.execute(db);
		}
	}
}
