import { type RawBuilder, sql } from "kysely";
import { TOOK, WORKED } from "../bounds.ts";
import type { Database } from "../database.ts";
import { beginOf, type Kept, WIDTH_MS, type Width } from "./widths.ts";

/** Requests that ended in a window, of one status, collection, datasource and realm. */
export interface Totals {
	readonly status: string;
	readonly collection: string;
	readonly datasource: string;
	readonly realm: string;
	readonly requests: number;
	readonly bytes: number;
	readonly seconds: number;
	/** How many took at most each of `BOUNDS`. */
	readonly took: readonly number[];
	readonly attemptSeconds: number;
	readonly worked: readonly number[];
}

export interface Crowd {
	readonly requests: number;
	readonly users: number;
}

export interface UserTotals {
	readonly id: string;
	readonly username: string;
	readonly realm: string;
	readonly requests: number;
	readonly bytes: number;
}

/** Longer windows are read from hours, then days: a window then begins with a whole one. */
const SHORT_MS = 2 * WIDTH_MS.hour;
const LONG_MS = 4 * WIDTH_MS.day;

export interface UsageReader {
	/** @param windowMs until now */
	totals(windowMs: number): Promise<Totals[]>;
	/** Of a window, or of all that is kept. */
	crowd(windowMs?: number): Promise<Crowd>;
	/** Those who asked for most. */
	users(windowMs: number, limit: number): Promise<UserTotals[]>;
	/** Until when ends are counted, ms since 1970. */
	until(): Promise<number | undefined>;
}

export function usageReader(
	db: Database,
	now: () => number,
	kept: Kept,
): UsageReader {
	const from = (
		table: "usage" | "total",
		windowMs?: number,
	): RawBuilder<unknown> => {
		if (windowMs === undefined)
			return sql`${sql.table(`telemetry.${table}_day`)} where true`;
		const narrow = widthFor(windowMs, kept);
		// Users are kept by the minute only until their hour is counted.
		const width = table === "usage" && narrow === "minute" ? "hour" : narrow;
		const since = new Date(beginOf(width, now() - windowMs));
		return sql`${sql.table(`telemetry.${table}_${width}`)} where at >= ${since}`;
	};
	return {
		async totals(windowMs) {
			const { rows } = await sql<TotalsRow>`
        select status, collection, datasource, realm, sum(requests)::float8 as requests, sum(bytes)::float8 as bytes,
          sum(seconds) as seconds, sum(attempt_seconds) as attempt_seconds,
          ${sums(TOOK)} as took, ${sums(WORKED)} as worked
        from ${from("total", windowMs)} group by status, collection, datasource, realm order by 1, 2, 3, 4`.execute(
				db,
			);
			return rows.map(({ attempt_seconds, ...row }) => ({
				...row,
				attemptSeconds: attempt_seconds,
			}));
		},
		async crowd(windowMs) {
			const since = windowMs === undefined ? 0 : now() - windowMs;
			// Whoever had a request that ended in the window has the last one in it.
			const { rows } = await sql<Crowd>`
        select (select coalesce(sum(requests), 0)::float8 from ${from("total", windowMs)}) as requests,
          (select count(*)::float8 from telemetry.usage_user
            where last >= ${new Date(beginOf("minute", since))}) as users`.execute(
				db,
			);
			return rows[0] ?? { requests: 0, users: 0 };
		},
		async users(windowMs, limit) {
			const { rows } = await sql<UserTotals>`
        select user_id as id, max(username) as username, realm, sum(requests)::float8 as requests,
          sum(bytes)::float8 as bytes
        from ${from("usage", windowMs)} group by user_id, realm order by 4 desc, 1 limit ${limit}`.execute(
				db,
			);
			return rows;
		},
		async until() {
			const row = await db
				.selectFrom("telemetry.progress")
				.select("until")
				.where("what", "=", "usage")
				.executeTakeFirst();
			return row?.until.getTime();
		},
	};
}

type TotalsRow = Omit<Totals, "attemptSeconds"> & { attempt_seconds: number };

const sums = (names: readonly string[]) =>
	sql`array[${sql.join(names.map((name) => sql`sum(${sql.ref(name)})`))}]::float8[]`;

function widthFor(windowMs: number, kept: Kept): Width {
	if (windowMs <= Math.min(SHORT_MS, kept.minute)) return "minute";
	return windowMs <= Math.min(LONG_MS, kept.hour) ? "hour" : "day";
}
