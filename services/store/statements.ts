import { type RawBuilder, sql } from "kysely";
import type { StatusName } from "../platform/lifecycle.ts";

/** Appends a transition to `history`; `attempt` is an SQL expression, `reason` an expression or nothing. */
export const appended = (
	status: StatusName,
	now: number,
	attempt: RawBuilder<unknown>,
	reason?: RawBuilder<unknown>,
) =>
	reason === undefined
		? sql`r.history || jsonb_build_array(jsonb_build_object('s', ${status}::text, 't', ${now}::float8, 'a', ${attempt}))`
		: sql`r.history || jsonb_build_array(jsonb_build_object('s', ${status}::text, 't', ${now}::float8, 'a', ${attempt}, 'r', ${reason}))`;

/** What a lane calls a request that waits: `deferred` ones are counted apart, so that nobody has to pass over them. */
export const waitingIn = (request: RawBuilder<unknown>) =>
	sql`case when ${request}.not_before is null then 'waiting' else 'deferred' end`;

const DELTA = sql`
  delta as (
    select collection, user_id,
      count(*) filter (where went_to = 'waiting') - count(*) filter (where came_from = 'waiting') as waiting,
      count(*) filter (where went_to in ('queued', 'processing'))
        - count(*) filter (where came_from in ('queued', 'processing')) as in_flight,
      count(*) filter (where went_to = 'deferred') - count(*) filter (where came_from = 'deferred') as deferred,
      min(seq) filter (where went_to = 'waiting') as oldest,
      max(seq) filter (where went_to = 'queued') as newest_taken
    from moved group by collection, user_id
  ),
  lanes_held as materialized (
    select l.collection, l.user_id, l.ctid as version
    from lane l join delta d on d.collection = l.collection and d.user_id = l.user_id
    order by l.collection, l.user_id for update of l
  )`;

/**
 * Moves the lanes of the rows in the common table expression `moved(collection, user_id, seq, came_from, went_to)` with
 * them, in the same statement. Statements lock requests first, then lanes in order of their key: no deadlocks. Counters
 * move by differences, so that a statement which waited for the lane's lock still adds to what is there now.
 */
export const lanesFollow = sql`${DELTA},
  followed as (
    update lane l set
      waiting = l.waiting + d.waiting,
      deferred = l.deferred + d.deferred,
      in_flight = l.in_flight + d.in_flight,
      head = case
        when d.oldest is not null and l.waiting > 0 then least(l.head, d.oldest)
        when d.oldest is not null then d.oldest
        else l.head end
    from delta d join lanes_held h on h.collection = d.collection and h.user_id = d.user_id
    where l.collection = d.collection and l.user_id = d.user_id
    returning 1
  )`;

/**
 * The same for an admission, which takes the oldest, so that the head moves on. But only if nobody has changed the lane
 * between the moment this statement sees and the one in which it holds the lane: an older request may have come back.
 */
export const lanesFollowAdmission = sql`${DELTA},
  lanes_seen as materialized (
    select l.collection, l.user_id, l.ctid as version
    from lane l join delta d on d.collection = l.collection and d.user_id = l.user_id
  ),
  followed as (
    update lane l set
      waiting = l.waiting + d.waiting,
      in_flight = l.in_flight + d.in_flight,
      head = case when h.version = s.version then greatest(l.head, d.newest_taken + 1) else l.head end
    from delta d join lanes_held h on h.collection = d.collection and h.user_id = d.user_id
      join lanes_seen s on s.collection = d.collection and s.user_id = d.user_id
    where l.collection = d.collection and l.user_id = d.user_id
    returning 1
  )`;

/**
 * Part of a `where`: lets the statement's commit not wait for the disk. For what a crash of the database may forget, because
 * it is done again from what it remembers: the log is kept in order, so whatever is forced later keeps this too.
 */
export const unforced = sql`(select set_config('synchronous_commit', 'off', true)) = 'off'`;
