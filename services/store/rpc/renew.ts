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
	({ db, clock }: StoreContext) =>
	async ({ workerId, slots, progress, lease }: RenewRequest) => {
		if (workerId === "" || lease === undefined)
			throw fault("INVALID", "a renewal needs a worker and a lease");
		const now = clock.now();
		await sql`
      insert into worker (id, slots, alive_until) values (${workerId}, ${slots}, ${new Date(now + durationMs(lease))})
      on conflict (id) do update set slots = excluded.slots, alive_until = excluded.alive_until`.execute(
			db,
		);
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
      update request r set lease_until = ${new Date(now + durationMs(lease))}, progress_bytes = held.bytes,
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
