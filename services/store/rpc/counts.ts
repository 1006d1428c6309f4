import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type CountsRequest,
	CountsResponseSchema,
	RecountResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "../context.ts";

export const counts =
	({ db }: StoreContext) =>
	async ({ userId }: CountsRequest) => {
		const { rows } = await sql<{
			collection: string;
			waiting: string;
			in_flight: string;
		}>`
      select collection, sum(waiting) as waiting, sum(in_flight) as in_flight from lane
      where ${userId} = '' or user_id = ${userId} group by collection order by collection`.execute(
			db,
		);
		return create(CountsResponseSchema, {
			counts: rows.map((row) => ({
				collection: row.collection,
				waiting: BigInt(row.waiting),
				inFlight: BigInt(row.in_flight),
			})),
		});
	};

/** Lane by lane, each under its own lock: submissions go on meanwhile. Empty lanes go. */
export const recount =
	({ db }: StoreContext) =>
	async () => {
		const found = await db
			.selectFrom("lane")
			.select(["collection", "user_id"])
			.execute();
		let healed = 0;
		for (const lane of found) healed += await recountLane(db, lane);
		return create(RecountResponseSchema, { healed: BigInt(healed) });
	};

/**
 * The lock first, the count in a second statement: in one, the count would be of the time before the lock was won.
 */
const recountLane = (
	db: StoreContext["db"],
	lane: { collection: string; user_id: string },
): Promise<number> =>
	db.transaction().execute(async (tx) => {
		const { collection, user_id } = lane;
		await sql`select 1 from lane where collection = ${collection} and user_id = ${user_id} for update`.execute(
			tx,
		);
		const { rows } = await sql`
      with truth as (
        select count(*) filter (where status = 'waiting') as waiting,
          count(*) filter (where status in ('queued', 'processing')) as in_flight,
          coalesce(min(seq) filter (where status = 'waiting'), 0) as head
        from request where collection = ${collection} and user_id = ${user_id}
          and status in ('waiting', 'queued', 'processing')
      )
      update lane l set waiting = t.waiting, in_flight = t.in_flight, head = t.head from truth t
      where l.collection = ${collection} and l.user_id = ${user_id}
        and (l.waiting <> t.waiting or l.in_flight <> t.in_flight)
      returning 1`.execute(tx);
		await sql`delete from lane where collection = ${collection} and user_id = ${user_id}
      and waiting = 0 and in_flight = 0`.execute(tx);
		return rows.length;
	});
