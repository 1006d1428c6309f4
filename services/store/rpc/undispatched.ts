import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
	type UndispatchedRequest,
	UndispatchedResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import type { StoreContext } from "../context.ts";
import { limitOf } from "../parse.ts";
import { toDispatch } from "./admit.ts";

/** Requests that are queued now are few: no more than the workers' slots allow. So their order costs a small sort. */
export const undispatched =
	({ db }: StoreContext) =>
	async ({
		queuedBefore,
		queuedSince,
		afterSeq,
		limit,
	}: UndispatchedRequest) => {
		if (queuedBefore === undefined)
			throw fault("INVALID", "queued_before is missing");
		const size = limitOf(limit);
		let query = db
			.selectFrom("request")
			.select([
				"id",
				"attempt",
				"collection",
				"traceparent",
				"modified_at",
				"seq",
			])
			.where("status", "=", "queued")
			.where("modified_at", "<", timestampDate(queuedBefore))
			.where("seq", ">", String(afterSeq))
			.orderBy("seq")
			.limit(size);
		if (queuedSince !== undefined)
			query = query.where("modified_at", ">=", timestampDate(queuedSince));
		const rows = await query.execute();
		const last = rows.length === size ? rows.at(-1) : undefined;
		return create(UndispatchedResponseSchema, {
			dispatches: rows.map(toDispatch),
			nextSeq: BigInt(last?.seq ?? 0),
		});
	};
