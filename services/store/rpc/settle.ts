import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type Attempt,
	AttemptSchema,
	type Settlement,
	type SettleRequest,
	SettleResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { statusOf } from "../../platform/lifecycle.ts";
import type { StoreContext } from "../context.ts";
import { requestId } from "../parse.ts";
import { lanesFollow } from "../statements.ts";

export const settle =
	({ db, clock, changes }: StoreContext) =>
	async ({ settlements }: SettleRequest) => {
		const now = clock.now();
		const items = settlements.map(toItem);
		const { rows } = await sql<{ id: string }>`
      with item as (
        select * from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as i(id uuid, attempt int, status text, reason text,
          message text, media_type text, length bigint, sha256 text, md5 text, uncounted boolean)
      ),
      held as materialized (
        select r.id from request r join item i on i.id = r.id
        where r.status = 'processing' and r.attempt = i.attempt order by r.id for update of r
      ),
      changed as (
        update request r set status = i.status, modified_at = ${new Date(now)}, lease_until = null,
          user_message = i.message, media_type = i.media_type, content_length = i.length, sha256 = i.sha256, md5 = i.md5,
          staging_key = case when i.status = 'processed' then r.staging_key end,
          tries = r.tries - case when i.uncounted then 1 else 0 end,
          history = r.history || jsonb_build_array(jsonb_strip_nulls(
            jsonb_build_object('s', i.status, 't', ${now}::float8, 'a', r.attempt, 'r', i.reason)))
        from item i join held h on h.id = i.id where r.id = i.id
        returning r.id, r.status, r.attempt, r.collection, r.user_id, r.seq
      ),
      moved as (select collection, user_id, seq, 'processing' as came_from, status as went_to from changed),
      ${lanesFollow}
      select id from changed`.execute(db);
		const settled = new Set(rows.map((row) => row.id));
		const open = items.filter((item) => !settled.has(item.id));
		const lost = await notSettledBefore({ db }, open);
		const gone = new Set(lost.map(({ requestId }) => requestId));
		// Also what was settled before: its announcement may have been lost together with the answer.
		changes.announce(
			items.flatMap(({ id, attempt, ...item }) => {
				const status = statusOf(item.status);
				return gone.has(id) || status === undefined
					? []
					: [{ requestId: id, status, attempt }];
			}),
		);
		return create(SettleResponseSchema, { lost });
	};

/** A settlement that is sent twice finds its work done: only what ended otherwise is lost. */
async function notSettledBefore(
	{ db }: Pick<StoreContext, "db">,
	items: readonly Item[],
): Promise<Attempt[]> {
	if (items.length === 0) return [];
	const rows = await db
		.selectFrom("request")
		.select(["id", "attempt", "status"])
		.where(
			"id",
			"in",
			items.map((item) => item.id),
		)
		.execute();
	return items
		.filter(
			(item) =>
				!rows.some(
					(row) =>
						row.id === item.id &&
						row.attempt === item.attempt &&
						row.status === item.status,
				),
		)
		.map((item) =>
			create(AttemptSchema, { requestId: item.id, attempt: item.attempt }),
		);
}

type Item = ReturnType<typeof toItem>;

function toItem({ attempt, outcome, userMessage, uncounted }: Settlement) {
	const at = {
		id: requestId(attempt?.requestId ?? ""),
		attempt: attempt?.attempt ?? 0,
		message: userMessage,
	};
	switch (outcome.case) {
		case "processed":
			return {
				...at,
				status: "processed" as const,
				reason: null,
				media_type: outcome.value.mediaType,
				length: String(outcome.value.length),
				sha256: outcome.value.sha256,
				md5: outcome.value.md5,
				uncounted: false,
			};
		case "failed":
			return {
				...at,
				status: "failed" as const,
				reason: outcome.value,
				uncounted: false,
			};
		case "released":
			return {
				...at,
				status: "waiting" as const,
				reason: outcome.value,
				uncounted,
			};
		case undefined:
			throw fault("INVALID", `the settlement of ${at.id} has no outcome`);
	}
}
