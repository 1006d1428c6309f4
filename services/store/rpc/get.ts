import { create } from "@bufbuild/protobuf";
import {
	type GetRequest,
	GetResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import type { StoreContext } from "../context.ts";
import { requestId } from "../parse.ts";
import { toRequest } from "../view.ts";

export const getRequest =
	({ db }: StoreContext) =>
	async ({ id }: GetRequest) => {
		const row = await db
			.selectFrom("request")
			.selectAll()
			.where("id", "=", requestId(id))
			.executeTakeFirst();
		if (row === undefined) throw fault("NOT_FOUND", `Request ${id} not found`);
		return create(GetResponseSchema, { request: toRequest(row) });
	};
