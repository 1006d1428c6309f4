import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type DeadLettersRequest,
	DeadLettersResponseSchema,
	type ReviveRequest,
	ReviveResponseSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { requestRevived } from "../../platform/telemetry/events.ts";
import type { StoreContext } from "../context.ts";
import { limitOf, pageOf, requestId } from "../parse.ts";
import { appended, lanesFollow } from "../statements.ts";
import { tellOf } from "../telling.ts";
import { toRequest } from "../view.ts";

export const deadLetters =
	({ db }: StoreContext) =>
	async ({ collection, afterSeq, limit }: DeadLettersRequest) => {
		const size = pageOf(limit);
		let query = db
			.selectFrom("request")
			.selectAll()
			.where("dead_at", "is not", null)
			.where("seq", ">", String(afterSeq))
			.orderBy("seq")
			.limit(size);
		if (collection !== "") query = query.where("collection", "=", collection);
		const rows = await query.execute();
		const last = rows.length === size ? rows.at(-1) : undefined;
		return create(DeadLettersResponseSchema, {
			requests: rows.map(toRequest),
			nextSeq: BigInt(last?.seq ?? 0),
		});
	};

/** The attempt's number goes on from where it was: whoever served it before stays fenced off. */
export const revive =
	({ db, clock, changes, log }: StoreContext) =>
	async ({ ids, collection, limit }: ReviveRequest) => {
		if ((ids.length === 0) === (collection === ""))
			throw fault("INVALID", "name either ids or a collection");
		const size = ids.length === 0 ? limitOf(limit) : limitOf(ids.length);
		const wanted =
			ids.length === 0
				? sql`collection = ${collection}`
				: sql`id = any(${ids.map(requestId)}::uuid[])`;
		const now = clock.now();
		const { rows } = await sql<{
			id: string;
			attempt: number;
			collection: string;
			traceparent: string;
		}>`
      with chosen as materialized (
        select id from request where status = 'failed' and dead_at is not null and ${wanted}
        order by seq limit ${size} for update
      ),
      changed as (
        update request r set status = 'waiting', modified_at = ${new Date(now)}, tries = 0, retries = 0, dead_at = null,
          user_message = '', history = ${appended("waiting", now, sql`r.attempt`, sql`'an operator lets it be tried again'::text`)}
        from chosen c where r.id = c.id
        returning r.id, r.attempt, r.collection, r.user_id, r.seq, r.traceparent
      ),
      moved as (select collection, user_id, seq, 'failed' as came_from, 'waiting' as went_to from changed),
      ${lanesFollow}
      select id, attempt, collection, traceparent from changed order by seq`.execute(
			db,
		);
		changes.announce(
			rows.map(({ id, attempt }) => ({
				requestId: id,
				status: Status.WAITING,
				attempt,
			})),
		);
		tellOf(log, requestRevived, rows);
		return create(ReviveResponseSchema, { revived: rows.map(({ id }) => id) });
	};
