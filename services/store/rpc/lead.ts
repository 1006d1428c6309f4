import { create } from "@bufbuild/protobuf";
import {
	durationFromMs,
	durationMs,
	timestampFromDate,
} from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import {
	type LeadRequest,
	LeadResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import type { StoreContext } from "../context.ts";
import { unforced } from "../statements.ts";

/** One guarded statement decides who leads. It need not reach the disk: lost with the machine, it is won anew. */
export const lead =
	({ db, clock }: StoreContext) =>
	async ({ role, shard, holder, lease, resign }: LeadRequest) => {
		if (role === "" || holder === "")
			throw fault("INVALID", "a leader needs a role and a holder");
		if (resign) {
			await db
				.deleteFrom("leader")
				.where("role", "=", role)
				.where("shard", "=", shard)
				.where("holder", "=", holder)
				.execute();
			return create(LeadResponseSchema, {});
		}
		if (lease === undefined) throw fault("INVALID", "a leader needs a lease");
		const now = new Date(clock.now());
		const { rows } = await sql<{ since: Date }>`
      insert into leader (role, shard, holder, since, until)
      select ${role}, ${shard}, ${holder}, ${now}::timestamptz, ${new Date(now.getTime() + durationMs(lease))}::timestamptz where ${unforced}
      on conflict (role, shard) do update set holder = excluded.holder, until = excluded.until,
        since = case when leader.holder = excluded.holder and leader.until > excluded.since
          then leader.since else excluded.since end
      where leader.holder = excluded.holder or leader.until <= excluded.since
      returning since`.execute(db);
		const [row] = rows;
		return create(LeadResponseSchema, {
			leading: row !== undefined,
			now: timestampFromDate(now),
			...(row && {
				held: durationFromMs(Math.max(0, now.getTime() - row.since.getTime())),
			}),
		});
	};
