import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type PlaceRequest,
	PlaceResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "../context.ts";

/** Requests counted at most, of the same lane and of others. */
const MOST = 1000;
/** Lanes looked into at most. */
const LANES = 1000;

interface Read {
	own: string;
	others: string;
	lanes: string;
	in_flight: number | null;
	cap: number | null;
}

/**
 * Reads index entries only, and stops at its bounds: a thousand of its own lane, a thousand lanes of others that have
 * room and a head that may be older, and a thousand requests in those.
 */
export const place =
	({ db }: StoreContext) =>
	async ({ collection, userId, seq, collections }: PlaceRequest) => {
		const { rows } = await sql<Read>`
      with own as (
        select 1 from request
        where collection = ${collection} and user_id = ${userId} and status = 'waiting' and not_before is null
          and seq < ${String(seq)}::bigint
        limit ${MOST + 1}
      ),
      others as materialized (
        select l.collection, l.user_id from unnest(${collections}::text[]) as c(name)
        cross join lateral (
          select * from lane
          where collection = c.name and waiting > 0 and (cap = 0 or in_flight < cap) and head < ${String(seq)}::bigint
            and user_id <> ${userId}
          order by head limit ${LANES + 1}
        ) l
        limit ${LANES + 1}
      ),
      older as (
        select 1 from others o
        cross join lateral (
          select 1 from request r
          where r.collection = o.collection and r.user_id = o.user_id and r.status = 'waiting' and r.not_before is null
            and r.seq < ${String(seq)}::bigint
          limit ${MOST + 1}
        ) r
        limit ${MOST + 1}
      )
      select (select count(*) from own) as own, (select count(*) from older) as others,
        (select count(*) from others) as lanes, l.in_flight, l.cap
      from (select 1) one left join lane l on l.collection = ${collection} and l.user_id = ${userId}`.execute(
			db,
		);
		const [read] = rows;
		const own = Number(read?.own ?? 0);
		const others = Number(read?.others ?? 0);
		return create(PlaceResponseSchema, {
			own: BigInt(Math.min(own, MOST)),
			others: BigInt(Math.min(others, MOST)),
			exact: own <= MOST && others <= MOST && Number(read?.lanes ?? 0) <= LANES,
			inFlight: BigInt(read?.in_flight ?? 0),
			limit: read?.cap ?? 0,
		});
	};
