import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type CancelAllRequest,
	CancelAllResponseSchema,
	type CancelRequest,
	CancelResponseSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { before, type StatusName } from "../../platform/lifecycle.ts";
import { requestCancelled } from "../../platform/telemetry/events.ts";
import type { StoreContext } from "../context.ts";
import { measureEnds } from "../measure.ts";
import { requestId } from "../parse.ts";
import { repeated } from "../repeat.ts";
import { appended, lanesFollow, waitingIn } from "../statements.ts";
import { tellOf } from "../telling.ts";
import { type RequestRow, toRequest } from "../view.ts";

export const cancel = (ctx: StoreContext) => (message: CancelRequest) =>
	repeated((time) => cancelOne(ctx, message, time > 0));

async function cancelOne(
	ctx: StoreContext,
	message: CancelRequest,
	again: boolean,
) {
	const id = requestId(message.id);
	const [row] = await cancelThese(
		ctx,
		[id],
		message.userId,
		before(Status.CANCELLED),
	);
	if (row !== undefined)
		return create(CancelResponseSchema, { request: toRequest(row) });
	const found = await ctx.db
		.selectFrom("request")
		.selectAll()
		.where("id", "=", id)
		.where("user_id", "=", message.userId)
		.executeTakeFirst();
	// The first try's answer was lost, its work was not.
	if (again && found?.status === "cancelled")
		return create(CancelResponseSchema, { request: toRequest(found) });
	if (found === undefined || found.hidden)
		throw fault("NOT_FOUND", `Request ${id} not found`);
	throw fault(
		"CONFLICT",
		`Request ${id} is ${found.status} and can no longer be revoked.`,
	);
}

/** In pieces, so that a user with very many waiting requests locks no more than a piece at a time. */
const PIECE = 500;

export const cancelAll =
	(ctx: StoreContext) =>
	async ({ userId }: CancelAllRequest) => {
		let cancelled = 0;
		for (;;) {
			const found = await ctx.db
				.selectFrom("request")
				.innerJoin("lane", (on) =>
					on
						.onRef("lane.collection", "=", "request.collection")
						.onRef("lane.user_id", "=", "request.user_id"),
				)
				.select("request.id")
				.where("request.user_id", "=", userId)
				.where("request.status", "in", ["waiting", "queued"])
				.orderBy("request.seq")
				.limit(PIECE)
				.execute();
			if (found.length === 0) break;
			const rows = await cancelThese(
				ctx,
				found.map((row) => row.id),
				userId,
				["waiting", "queued"],
			);
			cancelled += rows.length;
			if (found.length < PIECE) break;
		}
		return create(CancelAllResponseSchema, { cancelled: BigInt(cancelled) });
	};

async function cancelThese(
	{ db, clock, changes, log }: StoreContext,
	ids: readonly string[],
	userId: string,
	from: readonly StatusName[],
): Promise<RequestRow[]> {
	const now = clock.now();
	const { rows } = await sql<RequestRow>`
    with old as materialized (
      select id, case when status = 'waiting' then ${waitingIn(sql`request`)} else status end as came_from, history @> '[{"s": "processing"}]' as was_claimed from request
      where id = any(${ids}::uuid[]) and user_id = ${userId} and status = any(${from}::text[])
      order by id for update
    ),
    changed as (
      update request r set status = 'cancelled', modified_at = ${new Date(now)}, lease_until = null, not_before = null,
        hidden = not old.was_claimed, user_message = 'Request cancelled by its user',
        history = ${appended("cancelled", now, sql`r.attempt`)}
      from old where r.id = old.id
      returning r.*, old.came_from
    ),
    moved as (select collection, user_id, seq, came_from, 'cancelled' as went_to from changed),
    ${lanesFollow}
    select * from changed`.execute(db);
	measureEnds(rows, now);
	changes.announce(
		rows.map((row) => ({
			requestId: row.id,
			status: Status.CANCELLED,
			attempt: row.attempt,
		})),
	);
	tellOf(log, requestCancelled, rows);
	return rows;
}
