import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import {
	type RipenRequest,
	RipenResponseSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "../context.ts";
import { limitOf } from "../parse.ts";
import { lanesFollow } from "../statements.ts";

export const ripen =
	(ctx: StoreContext) =>
	async ({ limit }: RipenRequest) => {
		const now = ctx.clock.now();
		const ripened = await ripenDue(ctx, now, limitOf(limit));
		const next = await ctx.db
			.selectFrom("request")
			.select("not_before")
			.where("status", "=", "waiting")
			.where("not_before", "is not", null)
			.orderBy("not_before")
			.limit(1)
			.executeTakeFirst();
		const due = next?.not_before?.getTime();
		return create(RipenResponseSchema, {
			ripened,
			...(due !== undefined && {
				next: durationFromMs(Math.max(0, due - now)),
			}),
		});
	};

/** Where the request stands in its lane has not changed: who was deferred is among the first again. */
async function ripenDue(
	{ db, changes }: StoreContext,
	now: number,
	limit: number,
): Promise<number> {
	const { rows } = await sql<{ id: string; attempt: number }>`
    with due as materialized (
      select id from request where status = 'waiting' and not_before is not null and not_before <= ${new Date(now)}
      order by not_before limit ${limit} for update skip locked
    ),
    changed as (
      update request r set not_before = null, user_message = ''
      from due where r.id = due.id
      returning r.id, r.attempt, r.collection, r.user_id, r.seq
    ),
    moved as (select collection, user_id, seq, 'deferred' as came_from, 'waiting' as went_to from changed),
    ${lanesFollow}
    select id, attempt from changed`.execute(db);
	changes.announce(
		rows.map(({ id, attempt }) => ({
			requestId: id,
			status: Status.WAITING,
			attempt,
		})),
	);
	return rows.length;
}
