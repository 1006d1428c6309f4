import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import {
	type FailUploadsRequest,
	FailUploadsResponseSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { requestFailed } from "../../platform/telemetry/events.ts";
import type { StoreContext } from "../context.ts";
import { type Ended, measureEnds } from "../measure.ts";
import { limitOf } from "../parse.ts";
import { appended } from "../statements.ts";
import { tellOf } from "../telling.ts";

const REASON = "The upload did not come in time.";

interface Failed extends Ended {
	readonly id: string;
	readonly attempt: number;
	readonly traceparent: string;
}

/** Lanes do not know requests that are `uploading`, so they need not follow. */
export const failUploads =
	({ db, clock, changes, log }: StoreContext) =>
	async ({ modifiedBefore, limit }: FailUploadsRequest) => {
		if (modifiedBefore === undefined)
			throw fault("INVALID", "modified_before is missing");
		const now = clock.now();
		const { rows } = await sql<Failed>`
      with due as materialized (
        select id from request where status = 'uploading' and modified_at < ${timestampDate(modifiedBefore)}
        order by modified_at limit ${limitOf(limit)} for update skip locked
      )
      update request r set status = 'failed', modified_at = ${new Date(now)}, user_message = ${REASON},
        history = ${appended("failed", now, sql`r.attempt`, sql`${REASON}::text`)}
      from due where r.id = due.id
      returning r.id, r.attempt, r.status, r.collection, r.created_at, r.traceparent`.execute(
			db,
		);
		measureEnds(rows, now);
		changes.announce(
			rows.map(({ id, attempt }) => ({
				requestId: id,
				status: Status.FAILED,
				attempt,
			})),
		);
		tellOf(
			log,
			requestFailed,
			rows.map((row) => ({ ...row, reason: REASON })),
		);
		return create(FailUploadsResponseSchema, {
			failed: rows.map(({ id }) => id),
		});
	};
