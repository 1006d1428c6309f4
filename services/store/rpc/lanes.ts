import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type LanesRequest,
	LanesResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "../context.ts";
import { limitOf } from "../parse.ts";

interface Read {
	lanes: readonly LaneRead[];
	busy: readonly { collection: string; in_flight: number }[];
	workers: readonly { pools: string[]; slots: number }[];
}

interface LaneRead {
	collection: string;
	user_id: string;
	waiting: number;
	in_flight: number;
	cap: number;
	/** As text: a place in the order of submission may pass what a JSON number holds. */
	oldest: readonly string[];
}

/**
 * Reads lanes through a partial index, never waiting rows but the oldest few per lane read: its true head, since `lane.head`
 * is only a lower bound, and what follows it. So a decision costs the same whether 10 or 10⁶ requests wait. One statement, so that all of it is
 * of one moment.
 */
export const lanes =
	({ db, clock }: StoreContext) =>
	async ({ collections, limit, depth }: LanesRequest) => {
		const { rows } = await sql<Read>`
      with ready as (
        select l.collection, l.user_id, l.waiting, l.in_flight, l.cap, r.oldest
        from unnest(${collections}::text[]) as c(name)
        cross join lateral (
          select * from lane where collection = c.name and waiting > 0 and (cap = 0 or in_flight < cap)
          order by head limit ${limitOf(limit)}
        ) l
        cross join lateral (
          select array_agg(seq::text order by seq) as oldest from (
            select seq from request
            where collection = l.collection and user_id = l.user_id and status = 'waiting' and not_before is null
            order by seq limit ${depthOf(depth)}
          ) first
        ) r
        where r.oldest is not null
      ),
      busy as (
        select collection, sum(in_flight) as in_flight from lane where in_flight > 0 group by collection
      ),
      alive as (
        select pools, sum(slots) as slots from worker where alive_until > ${new Date(clock.now())} and slots > 0
        group by pools
      )
      select
        coalesce((select json_agg(json_build_object('collection', collection, 'user_id', user_id, 'waiting', waiting,
          'in_flight', in_flight, 'cap', cap, 'oldest', oldest) order by oldest[1]::bigint) from ready), '[]') as lanes,
        coalesce((select json_agg(busy) from busy), '[]') as busy,
        coalesce((select json_agg(alive) from alive), '[]') as workers`.execute(
			db,
		);
		const [read] = rows;
		const workers = (read?.workers ?? []).map(({ pools, slots }) => ({
			pools,
			slots: BigInt(slots),
		}));
		return create(LanesResponseSchema, {
			lanes: (read?.lanes ?? []).map(({ oldest, ...lane }) => ({
				collection: lane.collection,
				userId: lane.user_id,
				waiting: BigInt(lane.waiting),
				inFlight: BigInt(lane.in_flight),
				limit: lane.cap,
				headSeq: BigInt(oldest[0] ?? 0),
				nextSeqs: oldest.slice(1).map(BigInt),
			})),
			inFlight: (read?.busy ?? []).map((lane) => ({
				collection: lane.collection,
				queuedOrProcessing: BigInt(lane.in_flight),
			})),
			workerSlots: workers.reduce((sum, { slots }) => sum + slots, 0n),
			workers,
		});
	};

/** Of each lane one at least: a lane without a head is none. */
const depthOf = (depth: number): number => Math.min(Math.max(depth, 1), 100);
