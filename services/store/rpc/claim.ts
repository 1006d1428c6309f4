import { create } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import {
	type ClaimRequest,
	ClaimResponseSchema,
	Status,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { newStagingKey } from "../../platform/ids.ts";
import { requestClaimed } from "../../platform/telemetry/events.ts";
import type { StoreContext } from "../context.ts";
import type { Database } from "../database.ts";
import { measureClaims } from "../measure.ts";
import { requestId } from "../parse.ts";
import { repeated } from "../repeat.ts";
import { appended } from "../statements.ts";
import { tellOf } from "../telling.ts";
import { type RequestRow, toRequest } from "../view.ts";

/** With when it was queued; unknown of what an earlier try of this call has claimed. */
type Claimed = RequestRow & { readonly since?: Date };

export const claim =
	({ db, clock, changes, log }: StoreContext) =>
	async ({ workerId, attempts, lease, stagingKeys }: ClaimRequest) => {
		if (workerId === "" || lease === undefined)
			throw fault("INVALID", "a claim needs a worker and a lease");
		const given = stagingKeys.length > 0;
		if (given && stagingKeys.length !== attempts.length)
			throw fault("INVALID", "a claim needs a staging key for each attempt");
		const now = clock.now();
		const ids = attempts.map((a) => requestId(a.requestId));
		const keys = given ? stagingKeys : attempts.map(() => newStagingKey());
		let fresh: readonly Claimed[] = [];
		const rows = await repeated(async (time): Promise<readonly Claimed[]> => {
			const { rows } = await sql<Claimed>`
      with wanted as (
        select * from unnest(${ids}::uuid[], ${attempts.map((a) => a.attempt)}::int[],
          ${keys}::text[]) as w(id, attempt, staging_key)
      ),
      held as materialized (
        select r.id, w.staging_key, r.modified_at as since from request r join wanted w on w.id = r.id
        where r.status = 'queued' and r.attempt = w.attempt order by r.id for update of r
      )
      update request r set status = 'processing', modified_at = ${new Date(now)}, worker_id = ${workerId},
        lease_until = ${new Date(now + durationMs(lease))}, staging_key = held.staging_key,
        history = ${appended("processing", now, sql`r.attempt`)}
      from held where r.id = held.id
      returning r.*, held.since`.execute(db);
			const some = given && rows.length < attempts.length;
			const all = time > 0 || some ? await claimedWith(db, keys) : rows;
			// What an earlier call has claimed with the same keys was told then.
			fresh = time > 0 ? all : rows;
			return all;
		});
		measureClaims(rows, now);
		changes.announce(
			rows.map((row) => ({
				requestId: row.id,
				status: Status.PROCESSING,
				attempt: row.attempt,
			})),
		);
		tellOf(
			log,
			requestClaimed,
			fresh.map((row) => ({ ...facts(row), worker: workerId })),
		);
		return create(ClaimResponseSchema, {
			claimed: rows.map((row) => ({
				request: toRequest(row),
				stagingKey: row.staging_key ?? "",
			})),
		});
	};

const facts = ({ id, collection, attempt, traceparent }: RequestRow) => ({
	id,
	collection,
	attempt,
	traceparent,
});

/** What a claim has got with all its tries, should the answer of one have been lost: nobody else knows the keys. */
const claimedWith = (db: Database, keys: readonly string[]) =>
	db
		.selectFrom("request")
		.selectAll()
		.where("staging_key", "in", keys)
		.where("status", "=", "processing")
		.execute();
