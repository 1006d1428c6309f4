import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import {
	type ExpiredRequest,
	ExpiredResponseSchema,
	type ReferencedRequest,
	ReferencedResponseSchema,
	type RemoveRequest,
	RemoveResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { requestExpired } from "../../platform/telemetry/events.ts";
import type { StoreContext } from "../context.ts";
import { limitOf, requestId } from "../parse.ts";
import { tellOf } from "../telling.ts";
import { toRequest } from "../view.ts";

const FINAL = ["processed", "failed", "cancelled"] as const;

export const expired =
	({ db }: StoreContext) =>
	async ({ modifiedBefore, limit, withResult }: ExpiredRequest) => {
		if (modifiedBefore === undefined)
			throw fault("INVALID", "modified_before is missing");
		let query = db
			.selectFrom("request")
			.selectAll()
			.where("status", "in", withResult ? ["processed"] : [...FINAL])
			.where("modified_at", "<", timestampDate(modifiedBefore))
			.orderBy("modified_at")
			.limit(limitOf(limit));
		if (withResult) query = query.where("media_type", "is not", null);
		return create(ExpiredResponseSchema, {
			requests: (await query.execute()).map(toRequest),
		});
	};

export const remove =
	({ db, log }: StoreContext) =>
	async ({ ids }: RemoveRequest) => {
		if (ids.length === 0) return create(RemoveResponseSchema, {});
		const removed = await db
			.deleteFrom("request")
			.where("id", "in", ids.map(requestId))
			.where("status", "in", [...FINAL])
			.returning(["id", "collection", "attempt", "traceparent"])
			.execute();
		tellOf(log, requestExpired, removed);
		return create(RemoveResponseSchema, { removed: BigInt(removed.length) });
	};

/**
 * What a request was making when it was cancelled counts no more: the worker that would have thrown it away may be dead.
 * Input counts until it is archived; also that of a failed request, which an operator may requeue.
 */
export const referenced =
	({ db }: StoreContext) =>
	async ({ keys }: ReferencedRequest) => {
		if (keys.length === 0) return create(ReferencedResponseSchema, {});
		const { rows } = await sql<{ key: string; whole: boolean }>`
      select staging_key as key, status = 'processed' as whole from request where staging_key = any(${keys}::text[])
        and status in ('processing', 'processed')
      union all
      select input_key, input_length is not null from request where input_key = any(${keys}::text[])
        and status not in ('processed', 'cancelled')`.execute(db);
		return create(ReferencedResponseSchema, {
			referenced: rows.map(({ key }) => key),
			whole: rows.flatMap(({ key, whole }) => (whole ? [key] : [])),
		});
	};
