import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import {
	LiveResponseSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { statusOf } from "../../platform/lifecycle.ts";
import type { StoreContext } from "../context.ts";

interface Waiting {
	collection: string;
	waiting: string;
	deferred: string;
	oldest: Date | null;
}
interface Running {
	collection: string;
	status: string;
	requests: string;
}
interface Worker {
	id: string;
	slots: number;
	pools: string[];
	alive_until: Date;
	busy: number;
}

/**
 * Those that wait are counted by their lanes, since they may be a million; those in flight one by one, since they are
 * never many more than the workers' slots.
 */
export const live =
	({ db, clock }: StoreContext) =>
	async () => {
		const waiting = await sql<Waiting>`
      select l.collection, l.waiting, l.deferred, head.created_at as oldest
      from (
        select collection, sum(waiting) as waiting, sum(deferred) as deferred from lane
        where waiting > 0 or deferred > 0 group by collection
      ) l
      left join lateral (
        select r.created_at from (
          select user_id from lane where collection = l.collection and waiting > 0 order by head limit 1
        ) first
        cross join lateral (
          select created_at from request where collection = l.collection and user_id = first.user_id
            and status = 'waiting' and not_before is null
          order by seq limit 1
        ) r
      ) head on true
      order by l.collection`.execute(db);
		const running = await sql<Running>`
      select collection, status, count(*) as requests from request where status = 'queued' group by 1, 2
      union all
      select collection, status, count(*) from request where status = 'processing' group by 1, 2
      union all
      select collection, status, count(*) from request where status = 'uploading' group by 1, 2
      order by 1, 2`.execute(db);
		const workers = await sql<Worker>`
      select w.id, w.slots, w.pools, w.alive_until,
        (select count(*) from request where status = 'processing' and worker_id = w.id)::int as busy
      from worker w where w.alive_until > ${new Date(clock.now())} order by w.id`.execute(
			db,
		);
		return create(LiveResponseSchema, {
			counts: [...waiting.rows.map(toWaiting), ...running.rows.map(toRunning)],
			workers: workers.rows.map(({ alive_until, ...worker }) => ({
				...worker,
				aliveUntil: timestampFromDate(alive_until),
			})),
		});
	};

const toWaiting = ({ collection, waiting, deferred, oldest }: Waiting) => ({
	collection,
	status: Status.WAITING,
	requests: BigInt(waiting) + BigInt(deferred),
	deferred: BigInt(deferred),
	...(oldest && { oldest: timestampFromDate(oldest) }),
});

const toRunning = ({ collection, status, requests }: Running) => ({
	collection,
	status: statusOf(status) ?? Status.UNSPECIFIED,
	requests: BigInt(requests),
});
