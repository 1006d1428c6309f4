import { create } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import {
	type RenewRequest,
	RenewResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import type { StoreContext } from "../context.ts";
import { requestId } from "../parse.ts";

export const renew =
	({ db, clock, changes }: StoreContext) =>
	async ({ workerId, slots, pools, progress, lease }: RenewRequest) => {
		if (workerId === "" || lease === undefined)
			throw fault("INVALID", "a renewal needs a worker and a lease");
		const now = clock.now();
		const until = new Date(now + durationMs(lease));
		const served = [...new Set(pools)].sort();
		const { rows: signs } = await sql<{ known: boolean }>`
      with known as (
        select 1 from worker
        where id = ${workerId} and slots = ${slots} and pools = ${served}::text[] and alive_until > ${new Date(now)}
      ),
      sign as (
        insert into worker (id, slots, pools, alive_until) values (${workerId}, ${slots}, ${served}, ${until})
        on conflict (id) do update set slots = excluded.slots, pools = excluded.pools, alive_until = excluded.alive_until
      )
      select exists (select 1 from known) as known`.execute(db);
		// A broker that had no worker for somebody need not wait for its sweep.
		if (signs[0]?.known !== true) {
			changes.stir();
			await forgetDead(db, now);
		}
		if (progress.length === 0) return create(RenewResponseSchema, {});
		const ids = progress.map((p) => requestId(p.attempt?.requestId ?? ""));
		const { rows } = await sql<{ id: string; attempt: number }>`
      with held as materialized (
        select r.id, w.bytes, w.fields from request r join unnest(${ids}::uuid[],
          ${progress.map((p) => p.attempt?.attempt ?? 0)}::int[], ${progress.map((p) => String(p.bytes))}::bigint[],
          ${progress.map((p) => String(p.fields))}::bigint[]) as w(id, attempt, bytes, fields) on w.id = r.id
        where r.status = 'processing' and r.attempt = w.attempt and r.worker_id = ${workerId}
        order by r.id for update of r
      )
      update request r set lease_until = ${until}, progress_bytes = held.bytes,
        progress_fields = held.fields
      from held where r.id = held.id
      returning r.id, r.attempt`.execute(db);
		const kept = new Set(rows.map((row) => row.id));
		return create(RenewResponseSchema, {
			lost: progress.flatMap((p) =>
				p.attempt !== undefined && !kept.has(p.attempt.requestId)
					? [p.attempt]
					: [],
			),
		});
	};

/** A worker that has been silent for longer has ended; its row says nothing any more. Milliseconds. */
const DEAD_MS = 3_600_000;

/** Every process is a worker of its own: without this their rows would pile up. */
const forgetDead = (db: StoreContext["db"], now: number) =>
	db
		.deleteFrom("worker")
		.where("alive_until", "<", new Date(now - DEAD_MS))
		.execute();
