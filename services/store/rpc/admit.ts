import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import {
	type AdmitRequest,
	AdmitResponseSchema,
	type Dispatch,
	DispatchSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { requestAdmitted } from "../../platform/telemetry/events.ts";
import type { StoreContext } from "../context.ts";
import type { Database } from "../database.ts";
import { measureAdmissions } from "../measure.ts";
import { repeated } from "../repeat.ts";
import { appended, lanesFollowAdmission, unforced } from "../statements.ts";
import { tellOf } from "../telling.ts";

/** The columns of which a dispatch is made. */
export interface Admitted {
	id: string;
	attempt: number;
	collection: string;
	traceparent: string;
	modified_at: Date;
	/** Since when it had waited; unknown of what an earlier try of this call has admitted. */
	since?: Date;
}

export const admit =
	({ db, clock, changes, log }: StoreContext) =>
	async ({ admissions }: AdmitRequest) => {
		const now = clock.now();
		const rows: readonly Admitted[] = await repeated(async (time) => {
			const { rows } = await sql<Admitted>`
      with pick as (
        select * from unnest(${admissions.map((a) => a.collection)}::text[], ${admissions.map((a) => a.userId)}::text[],
          ${admissions.map((a) => a.count)}::int[],
          ${admissions.map((a) => (a.beforeSeq === 0n ? null : String(a.beforeSeq)))}::bigint[]
        ) as p(collection, user_id, count, before_seq)
      ),
      chosen as materialized (
        select r.id, r.modified_at as since from pick p cross join lateral (
          select id, modified_at from request
          where collection = p.collection and user_id = p.user_id and status = 'waiting' and not_before is null
            and (p.before_seq is null or seq < p.before_seq)
          order by seq limit p.count for update skip locked
        ) r
      ),
      changed as (
        update request r set status = 'queued', attempt = r.attempt + 1, tries = r.tries + 1,
          modified_at = ${new Date(now)}, progress_bytes = 0, progress_fields = 0,
          history = ${appended("queued", now, sql`r.attempt + 1`)}
        from chosen c where r.id = c.id and r.status = 'waiting' and r.not_before is null and ${unforced}
        returning r.id, r.attempt, r.collection, r.user_id, r.seq, r.traceparent, r.modified_at, c.since
      ),
      moved as (select collection, user_id, seq, 'waiting' as came_from, 'queued' as went_to from changed),
      ${lanesFollowAdmission}
      select id, attempt, collection, traceparent, modified_at, since from changed order by seq`.execute(
				db,
			);
			return time > 0 ? admittedAt(db, now) : rows;
		});
		measureAdmissions(rows, now);
		changes.announce(
			rows.map((row) => ({
				requestId: row.id,
				status: Status.QUEUED,
				attempt: row.attempt,
			})),
		);
		tellOf(log, requestAdmitted, rows);
		return create(AdmitResponseSchema, { dispatches: rows.map(toDispatch) });
	};

/**
 * What this admission has got with all its tries, should the answer of one have been lost; perhaps with what others got in
 * the same millisecond, whose dispatches are then sent twice under one message id.
 */
const admittedAt = (db: Database, now: number) =>
	db
		.selectFrom("request")
		.select(["id", "attempt", "collection", "traceparent", "modified_at"])
		.where("status", "=", "queued")
		.where("modified_at", "=", new Date(now))
		.orderBy("seq")
		.execute();

export const toDispatch = (row: Admitted): Dispatch =>
	create(DispatchSchema, {
		requestId: row.id,
		attempt: row.attempt,
		collection: row.collection,
		traceparent: row.traceparent,
		queuedAt: timestampFromDate(row.modified_at),
	});
