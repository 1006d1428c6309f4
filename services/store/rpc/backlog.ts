import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import { BacklogResponseSchema } from "../../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "../context.ts";

interface Row {
	collection: string;
	waiting: string;
	at_limit: string;
	deferred: string;
	in_flight: string;
	waiting_since: Date | null;
}

/**
 * Lanes whose oldest request is looked at, in each collection: those with the lowest heads. Heads are lower bounds, so
 * what has waited for longest is nearly always among them.
 */
const LANES = 32;

/** One look at the lanes, and a few point reads through the indexes by which requests are admitted. */
export const backlog =
	({ db }: StoreContext) =>
	async () => {
		const { rows } = await sql<Row>`
      with total as (
        select collection, sum(waiting) as waiting, sum(deferred) as deferred, sum(in_flight) as in_flight,
          coalesce(sum(waiting) filter (where cap > 0 and in_flight >= cap), 0) as at_limit
        from lane where waiting > 0 or deferred > 0 or in_flight > 0 group by collection
      )
      select t.*, oldest.waiting_since
      from total t left join lateral (
        select min(first.modified_at) as waiting_since
        from (
          select user_id from lane where collection = t.collection and waiting > 0 and (cap = 0 or in_flight < cap)
          order by head limit ${LANES}
        ) l
        cross join lateral (
          select modified_at from request
          where collection = t.collection and user_id = l.user_id and status = 'waiting' and not_before is null
          order by seq limit 1
        ) first
      ) oldest on true
      order by t.collection`.execute(db);
		return create(BacklogResponseSchema, {
			backlogs: rows.map((row) => ({
				collection: row.collection,
				waiting: BigInt(row.waiting),
				atLimit: BigInt(row.at_limit),
				deferred: BigInt(row.deferred),
				inFlight: BigInt(row.in_flight),
				...(row.waiting_since && {
					waitingSince: timestampFromDate(row.waiting_since),
				}),
			})),
		});
	};
