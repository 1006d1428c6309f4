import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type RequeueRequest,
	RequeueResponseSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import {
	leaseLost,
	requestFailed,
	requestReleased,
} from "../../platform/telemetry/events.ts";
import type { StoreContext } from "../context.ts";
import { countRetry, type Ended, measureEnds } from "../measure.ts";
import { limitOf } from "../parse.ts";
import { lanesFollow } from "../statements.ts";
import { tellOf } from "../telling.ts";

/**
 * However little an attempt counts, this many times `max_attempts` end a request: one that brings the whole process
 * down would otherwise do so for ever.
 */
const HARD_FACTOR = 10;

interface Requeued extends Ended {
	readonly id: string;
	readonly attempt: number;
	readonly traceparent: string;
}

export const requeue =
	({ db, clock, changes, log }: StoreContext) =>
	async ({ limit, maxAttempts, allProcessing }: RequeueRequest) => {
		const now = clock.now();
		const reason = allProcessing
			? "its worker's process ended"
			: "its worker fell silent";
		const isDue = allProcessing
			? sql`status in ('processing', 'queued')`
			: sql`status = 'processing' and lease_until < ${new Date(now)}`;
		const { rows } = await sql<Requeued>`
      with due as materialized (
        select id, status, status = 'processing' and (attempt >= ${maxAttempts * HARD_FACTOR}::int
          or (not ${allProcessing}::boolean and tries >= ${maxAttempts}::int)) as spent
        from request where ${isDue}
        limit ${limitOf(limit)} for update skip locked
      ),
      changed as (
        update request r set status = case when due.spent then 'failed' else 'waiting' end,
          modified_at = ${new Date(now)}, lease_until = null, staging_key = null,
          dead_at = case when due.spent then ${new Date(now)}::timestamptz end,
          tries = r.tries - case when ${allProcessing}::boolean then 1 else 0 end,
          user_message = case when due.spent
            then 'The request was given up after ' || r.attempt || ' attempts: each time its worker fell silent.'
            else '' end,
          history = r.history || jsonb_build_array(jsonb_build_object(
            's', case when due.spent then 'failed' else 'waiting' end, 't', ${now}::float8, 'a', r.attempt,
            'r', ${reason}::text))
        from due where r.id = due.id
        returning r.id, r.status, r.attempt, r.collection, r.user_id, r.seq, r.created_at, r.traceparent, due.status as came_from
      ),
      moved as (select collection, user_id, seq, came_from, status as went_to from changed),
      ${lanesFollow}
      select id, status, attempt, collection, created_at, traceparent from changed`.execute(
			db,
		);
		measureEnds(rows, now);
		for (const { status, collection } of rows)
			if (status === "waiting")
				countRetry(collection, allProcessing ? "restarted" : "silent");
		changes.announce(
			rows.map((row) => ({
				requestId: row.id,
				status: row.status === "failed" ? Status.FAILED : Status.WAITING,
				attempt: row.attempt,
			})),
		);
		const moved = rows.map((row) => ({ ...row, reason }));
		const back = moved.filter(({ status }) => status === "waiting");
		if (allProcessing) tellOf(log, requestReleased, back);
		else tellOf(log, leaseLost, moved);
		tellOf(
			log,
			requestFailed,
			moved.filter(({ status }) => status === "failed"),
		);
		const attempts = (status: string) =>
			rows
				.filter((row) => row.status === status)
				.map((row) => ({ requestId: row.id, attempt: row.attempt }));
		return create(RequeueResponseSchema, {
			requeued: attempts("waiting"),
			failed: attempts("failed"),
		});
	};
