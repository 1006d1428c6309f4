import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type RecountRequest,
	RecountResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "../context.ts";
import { limitOf } from "../parse.ts";

interface Key {
	readonly collection: string;
	readonly user_id: string;
}

/** What the requests say of the lane `l`. */
const TRUTH = sql`
  select count(*) filter (where status = 'waiting' and not_before is null) as waiting,
    count(*) filter (where status = 'waiting' and not_before is not null) as deferred,
    count(*) filter (where status in ('queued', 'processing')) as in_flight,
    coalesce(min(seq) filter (where status = 'waiting' and not_before is null), 0) as head
  from request where collection = l.collection and user_id = l.user_id
    and status in ('waiting', 'queued', 'processing')`;
const MISCOUNTED = sql`(l.waiting <> t.waiting or l.deferred <> t.deferred or l.in_flight <> t.in_flight)`;
/**
 * `head` may be too low, which costs a look-up. Too high, the lane is read late when very many are ready: that is no bug, an
 * admission passes over an older request that another one holds, and that one's connection may break.
 */
const DIFFERS = sql`(${MISCOUNTED} or (t.waiting > 0 and l.head > t.head))`;
/** A lane is kept as long as there is a request in it: one that failed may wait again, under the lane's limit. */
const UNUSED = sql`l.waiting = 0 and l.deferred = 0 and l.in_flight = 0 and not exists (
  select 1 from request where user_id = l.user_id and collection = l.collection)`;

/**
 * One statement looks at a page of lanes without a lock: it sees lanes and requests as of one moment, and every
 * statement that moves one moves the other, so a difference is a true one. Submissions go on meanwhile.
 */
export const recount =
	({ db }: StoreContext) =>
	async ({ after, limit }: RecountRequest) => {
		const size = limitOf(limit);
		const { rows } = await sql<Key & { wrong: boolean; unused: boolean }>`
      select l.collection, l.user_id, ${DIFFERS} as wrong, ${UNUSED} as unused
      from (
        select * from lane where (collection, user_id) > (${after?.collection ?? ""}, ${after?.userId ?? ""})
        order by collection, user_id limit ${size}
      ) l cross join lateral (${TRUTH}) t
      order by l.collection, l.user_id`.execute(db);
		let healed = 0;
		for (const lane of rows) {
			if (lane.wrong) healed += await heal(db, lane);
			if (lane.unused) await removeUnused(db, lane);
		}
		const last = rows.length === size ? rows.at(-1) : undefined;
		return create(RecountResponseSchema, {
			healed: BigInt(healed),
			...(last && {
				next: { collection: last.collection, userId: last.user_id },
			}),
		});
	};

/** The lock first, the count in a second statement: in one, the count would be of the time before the lock was won. */
const heal = (
	db: StoreContext["db"],
	{ collection, user_id }: Key,
): Promise<number> =>
	db.transaction().execute(async (tx) => {
		const isLane = sql`l.collection = ${collection} and l.user_id = ${user_id}`;
		await sql`select 1 from lane l where ${isLane} for update`.execute(tx);
		const { rows } = await sql<{ miscounted: boolean }>`
      update lane set waiting = t.waiting, deferred = t.deferred, in_flight = t.in_flight, head = t.head
      from lane l cross join lateral (${TRUTH}) t
      where ${isLane} and lane.collection = l.collection and lane.user_id = l.user_id and ${DIFFERS}
      returning ${MISCOUNTED} as miscounted`.execute(tx);
		return rows.filter(({ miscounted }) => miscounted).length;
	});

const removeUnused = (
	db: StoreContext["db"],
	{ collection, user_id }: Key,
): Promise<unknown> =>
	sql`delete from lane l where l.collection = ${collection} and l.user_id = ${user_id} and ${UNUSED}`.execute(
		db,
	);
