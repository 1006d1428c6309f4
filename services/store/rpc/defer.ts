import { durationMs, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import {
	type Attempt,
	Status,
	type TemporaryFault,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import {
	requestFailed,
	requestRetried,
} from "../../platform/telemetry/events.ts";
import type { Announced } from "../changes.ts";
import type { StoreContext } from "../context.ts";
import { countRetry, measureEnds } from "../measure.ts";
import { requestId } from "../parse.ts";
import { lanesFollow } from "../statements.ts";
import { tellOf } from "../telling.ts";

/** An attempt that met a temporary fault. */
export interface Faulty {
	readonly attempt: Attempt;
	readonly fault: TemporaryFault;
}

interface Settled {
	id: string;
	attempt: number;
	status: "waiting" | "failed";
	not_before: Date | null;
	collection: string;
	user_message: string;
}

interface Measured extends Settled {
	readonly created_at: Date;
	readonly traceparent: string;
	/** Whether the fault was the datasource's, which is forgiven so many times only. */
	readonly theirs: boolean;
}

/** Doubling ends here; the longest delay has been reached long before. */
const DOUBLINGS = 20;

/**
 * Lets attempts wait for their next try, or fail when they had enough. What is deferred counts as `deferred` in its lane:
 * neither broker nor admission meet it before it is due. Answers what is settled, now or by an earlier try of this call.
 */
export async function defer(
	ctx: StoreContext,
	faulty: readonly Faulty[],
): Promise<Announced[]> {
	if (faulty.length === 0) return [];
	const items = faulty.map(toItem);
	const settled = await settleFaulty(ctx, items);
	const open = items.filter(({ id }) => !settled.some((row) => row.id === id));
	return [...settled, ...(await settledBefore(ctx, open))].map((row) => ({
		requestId: row.id,
		status: row.status === "failed" ? Status.FAILED : Status.WAITING,
		attempt: row.attempt,
		...(row.not_before && { notBefore: timestampFromDate(row.not_before) }),
	}));
}

type Item = ReturnType<typeof toItem>;

/** Times in milliseconds. */
function toItem({ attempt, fault: { reason, times, ...delay } }: Faulty) {
	const { first, most, least } = delay;
	if (first === undefined || most === undefined)
		throw fault("INVALID", "a temporary fault needs a first and a most delay");
	return {
		id: requestId(attempt.requestId),
		attempt: attempt.attempt,
		key: attempt.stagingKey,
		reason,
		times,
		first: durationMs(first),
		most: durationMs(most),
		least: least === undefined ? 0 : durationMs(least),
	};
}

async function settleFaulty(
	{ db, clock, log }: StoreContext,
	items: readonly Item[],
): Promise<Settled[]> {
	const now = clock.now();
	const { rows } = await sql<Measured>`
    with item as (
      select * from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as i(id uuid, attempt int, key text, reason text, times int,
        first float8, most float8, least float8)
    ),
    held as materialized (
      select r.id, i.reason, i.times, r.retries, i.times > 0 and r.retries >= i.times as spent,
        to_timestamp((${now}::float8 + round(greatest(i.least, (0.5 + random() / 2) * least(i.most,
          i.first * 2 ^ least(${DOUBLINGS}::int, case when i.times > 0 then r.retries else r.attempt - 1 end))))) / 1000) as due
      from request r join item i on i.id = r.id
      where r.status = 'processing' and r.attempt = i.attempt and (i.key = '' or r.staging_key = i.key) order by r.id for update of r
    ),
    told as (
      select *, reason || case when spent then ' (tried ' || times + 1 || ' times)'
        else ' (tried again at ' || to_char(due at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC'
          || case when times > 0 then ', retry ' || retries + 1 || ' of ' || times else '' end || ')' end as message
      from held
    ),
    changed as (
      update request r set status = case when t.spent then 'failed' else 'waiting' end, modified_at = ${new Date(now)},
        lease_until = null, staging_key = null, tries = r.tries - 1,
        retries = r.retries + case when t.times > 0 and not t.spent then 1 else 0 end,
        not_before = case when t.spent then null else t.due end,
        dead_at = case when t.spent then ${new Date(now)}::timestamptz end,
        user_message = t.message,
        history = r.history || jsonb_build_array(jsonb_build_object(
          's', case when t.spent then 'failed' else 'waiting' end, 't', ${now}::float8, 'a', r.attempt,
          'r', t.message))
      from told t where r.id = t.id
      returning r.id, r.attempt, r.status, r.not_before, r.collection, r.user_id, r.seq, r.user_message, r.created_at, r.traceparent, t.times > 0 as theirs
    ),
    moved as (
      select collection, user_id, seq, 'processing' as came_from,
        case when status = 'waiting' then 'deferred' else status end as went_to from changed
    ),
    ${lanesFollow}
    select id, attempt, status, not_before, collection, user_message, created_at, traceparent, theirs from changed`.execute(
		db,
	);
	measureEnds(rows, now);
	for (const { status, collection, theirs } of rows)
		if (status === "waiting")
			countRetry(collection, theirs ? "fault" : "outage");
	const moved = rows.map((row) => ({ ...row, reason: row.user_message }));
	const spent = moved.filter(({ status }) => status === "failed");
	tellOf(log, requestFailed, spent);
	tellOf(
		log,
		requestRetried,
		moved.filter((row) => !spent.includes(row)),
	);
	return rows;
}

/** The call was made before and its answer was lost. */
async function settledBefore(
	{ db }: StoreContext,
	items: readonly Item[],
): Promise<Settled[]> {
	if (items.length === 0) return [];
	const { rows } = await sql<Settled>`
    select r.id, r.attempt, r.status, r.not_before, r.collection, r.user_message
    from request r join unnest(${items.map(({ id }) => id)}::uuid[], ${items.map(({ attempt }) => attempt)}::int[])
      as i(id, attempt) on i.id = r.id and i.attempt = r.attempt
    where r.status = 'failed' or (r.status = 'waiting' and r.not_before is not null)`.execute(
		db,
	);
	return rows;
}
