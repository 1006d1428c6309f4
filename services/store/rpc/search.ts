import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
	type SearchRequest,
	SearchResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { statusName } from "../../platform/lifecycle.ts";
import type { StoreContext } from "../context.ts";
import { limitOf, requestId } from "../parse.ts";
import { toRequest } from "../view.ts";

/**
 * In order of ids, which sort by the time of submission: so the primary key serves, and no request pays for an index
 * that only operators need.
 */
export const search =
	({ db }: StoreContext) =>
	async (asked: SearchRequest) => {
		const size = limitOf(asked.limit);
		const { id, user, collection, datasource, since, until, beforeId } = asked;
		let query = db
			.selectFrom("request")
			.selectAll()
			.orderBy("id", "desc")
			.limit(size);
		if (asked.statuses.length > 0)
			query = query.where("status", "in", asked.statuses.map(statusName));
		if (id !== "") query = query.where("id", "=", requestId(id));
		if (user !== "")
			query = query.where((is) =>
				is.or([is("user_id", "=", user), is("username", "=", user)]),
			);
		if (collection !== "") query = query.where("collection", "=", collection);
		if (datasource !== "") query = query.where("datasource", "=", datasource);
		if (since !== undefined)
			query = query
				.where("created_at", ">=", timestampDate(since))
				.where("id", ">=", firstIdAfter(timestampDate(since)));
		if (until !== undefined)
			query = query.where("created_at", "<", timestampDate(until));
		if (beforeId !== "") query = query.where("id", "<", requestId(beforeId));
		const rows = await query.execute();
		const last = rows.length === size ? rows.at(-1) : undefined;
		return create(SearchResponseSchema, {
			requests: rows.map(toRequest),
			nextBeforeId: last?.id ?? "",
		});
	};

/** Ids are made by gateways, times by the store: their clocks may differ by so much, in milliseconds. */
const SLACK_MS = 3_600_000;

/** A look back ends there, rather than at the oldest request. */
function firstIdAfter(time: Date): string {
	const ms = Math.max(0, time.getTime() - SLACK_MS);
	const hex = ms.toString(16).padStart(12, "0");
	return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
