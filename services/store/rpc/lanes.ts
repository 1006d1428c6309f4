import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type LanesRequest,
	LanesResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "../context.ts";
import { limitOf } from "../parse.ts";

interface LaneRow {
	collection: string;
	user_id: string;
	waiting: number;
	in_flight: number;
	cap: number;
	head: string;
}

/**
 * Reads lanes through a partial index, never waiting rows but one per lane read: its true head, since `lane.head` is
 * only a lower bound. So a decision costs the same whether 10 or 10⁶ requests wait.
 */
export const lanes =
	({ db, clock }: StoreContext) =>
	async ({ collections, limit }: LanesRequest) => {
		const size = limitOf(limit);
		const [ready, busy, slots] = await Promise.all([
			sql<LaneRow>`
        select l.collection, l.user_id, l.waiting, l.in_flight, l.cap, r.seq as head
        from unnest(${collections}::text[]) as c(name)
        cross join lateral (
          select * from lane where collection = c.name and waiting > 0 and (cap = 0 or in_flight < cap)
          order by head limit ${size}
        ) l
        cross join lateral (
          select seq from request where collection = l.collection and user_id = l.user_id and status = 'waiting' and not_before is null
          order by seq limit 1
        ) r
        order by r.seq`.execute(db),
			sql<{ collection: string; in_flight: string }>`
        select collection, sum(in_flight) as in_flight from lane where in_flight > 0 group by collection`.execute(
				db,
			),
			sql<{ slots: string }>`
        select coalesce(sum(slots), 0) as slots from worker
        where alive_until > ${new Date(clock.now())}`.execute(db),
		]);
		return create(LanesResponseSchema, {
			lanes: ready.rows.map((row) => ({
				collection: row.collection,
				userId: row.user_id,
				waiting: BigInt(row.waiting),
				inFlight: BigInt(row.in_flight),
				limit: row.cap,
				headSeq: BigInt(row.head),
			})),
			inFlight: busy.rows.map((row) => ({
				collection: row.collection,
				queuedOrProcessing: BigInt(row.in_flight),
			})),
			workerSlots: BigInt(slots.rows[0]?.slots ?? 0),
		});
	};
