import { create } from "@bufbuild/protobuf";
import {
	type ListRequest,
	ListResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "../context.ts";
import { pageOf } from "../parse.ts";
import { toRequest } from "../view.ts";

/** A keyset, not an offset: the next page begins after the last seq, whatever was removed meanwhile. */
export const listRequests =
	({ db }: StoreContext) =>
	async ({ userId, collection, afterSeq, limit }: ListRequest) => {
		const size = pageOf(limit);
		let query = db
			.selectFrom("request")
			.selectAll()
			.where("user_id", "=", userId)
			.where("seq", ">", String(afterSeq))
			.where("hidden", "=", false)
			.orderBy("seq")
			.limit(size);
		if (collection !== "") query = query.where("collection", "=", collection);
		const rows = await query.execute();
		const last = rows.length === size ? rows.at(-1) : undefined;
		return create(ListResponseSchema, {
			requests: rows.map(toRequest),
			nextSeq: BigInt(last?.seq ?? 0),
		});
	};
