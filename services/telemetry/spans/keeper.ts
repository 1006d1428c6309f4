import { sql } from "kysely";
import type { Clock } from "../../platform/clock.ts";
import type { Database } from "../database.ts";
import type { KeptSpan } from "../otlp/span.ts";
import { dropHour, hourOf, lacksHour, makeHour } from "./partitions.ts";

export interface SpanKeeper {
	/** Keeps spans; those that are there already are left as they are. Says how many were not taken, and why. */
	keep(
		spans: readonly KeptSpan[],
	): Promise<{ readonly rejected: number; readonly why: string }>;
	/** Lets the oldest go, by time and by number. Gives the number of hours that went. */
	tidy(): Promise<number>;
	/** How many there are, as of the last look. */
	count(): number;
}

interface Bounds {
	/** Milliseconds for which a span is kept. */
	readonly ageMs: number;
	/** How many are kept. */
	readonly most: number;
}

/** How far ahead of ours a clock may be. */
const AHEAD_MS = 3_600_000;
/** Of one hour alone so many times `most` are taken, as it cannot go before the next one has come. */
const BURST = 2;

export function openSpanKeeper(
	db: Database,
	clock: Clock,
	{ ageMs, most }: Bounds,
): SpanKeeper {
	const made = new Set<number>();
	let count = 0;
	const make = async (spans: readonly KeptSpan[]): Promise<void> => {
		for (const hour of new Set(spans.map((span) => hourOf(span.began / 1000))))
			if (!made.has(hour)) {
				await makeHour(db, hour);
				made.add(hour);
			}
	};
	const write = async (spans: readonly KeptSpan[]): Promise<number> => {
		await make(spans);
		try {
			return await insert(db, spans);
		} catch (reason) {
			if (!lacksHour(reason)) throw reason;
			// Another process has tidied.
			made.clear();
			await make(spans);
			return insert(db, spans);
		}
	};
	return {
		count: () => count,
		async keep(spans) {
			const now = clock.now();
			const fit = spans.filter(
				({ began }) =>
					began / 1000 >= hourOf(now - ageMs) && began / 1000 < now + AHEAD_MS,
			);
			// Another process may have tidied since.
			if (count + fit.length > most * BURST) count = await counted(db);
			if (count + fit.length > most * BURST)
				return { rejected: spans.length, why: "too many spans are kept" };
			if (fit.length > 0) count += await write(fit);
			const rejected = spans.length - fit.length;
			return {
				rejected,
				why: rejected > 0 ? "too old, or of the future" : "",
			};
		},
		async tidy() {
			const hours = await db
				.selectFrom("telemetry.span_hour")
				.selectAll()
				.orderBy("hour")
				.execute();
			let left = hours.reduce((sum, { spans }) => sum + Number(spans), 0);
			let gone = 0;
			for (const { hour, spans } of hours.slice(0, -1)) {
				const old = hour.getTime() < hourOf(clock.now() - ageMs);
				if (!old && left <= most) break;
				made.delete(hour.getTime());
				await dropHour(db, hour.getTime());
				left -= Number(spans);
				gone += 1;
			}
			count = left;
			return gone;
		},
	};
}

async function counted(db: Database): Promise<number> {
	const { all } = await db
		.selectFrom("telemetry.span_hour")
		.select((is) => is.fn.sum<string | null>("spans").as("all"))
		.executeTakeFirstOrThrow();
	return Number(all ?? 0);
}

/** @returns how many were new */
async function insert(
	db: Database,
	spans: readonly KeptSpan[],
): Promise<number> {
	const { rows } = await sql<{ kept: number }>`
    with item as (
      select * from jsonb_to_recordset(${JSON.stringify(spans)}::jsonb) as i(trace text, span text, parent text, name text,
        kind smallint, role text, instance text, began bigint, nanoseconds bigint, failed boolean, attributes jsonb, events jsonb)
    ),
    kept as (
      insert into telemetry.span (trace_id, span_id, parent_id, name, kind, role, instance, began, nanoseconds, failed,
        attributes, events)
      select decode(trace, 'hex'), decode(span, 'hex'), decode(parent, 'hex'), name, kind, role, instance,
        timestamptz 'epoch' + began * interval '1 microsecond', nanoseconds, failed, attributes, events from item
      on conflict do nothing
      returning began
    ),
    counted as (
      insert into telemetry.span_hour as h (hour, spans)
      select date_trunc('hour', began, 'UTC'), count(*) from kept group by 1 order by 1
      on conflict (hour) do update set spans = h.spans + excluded.spans
      returning 1
    )
    select count(*)::int as kept from kept`.execute(db);
	return rows[0]?.kept ?? 0;
}
