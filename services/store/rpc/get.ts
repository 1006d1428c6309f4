import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type GetRequest,
	GetResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { batched } from "../../platform/batch.ts";
import { fault } from "../../platform/faults.ts";
import type { StoreContext } from "../context.ts";
import { requestId } from "../parse.ts";
import { repeated } from "../repeat.ts";
import { type RequestRow, toRequest } from "../view.ts";

/** Point reads that share one statement at most. */
const BATCH = 256;

/** Polls are most of what a store hears, so those that come while others are read share the next statement. */
export const getRequest = ({ db }: StoreContext) => {
	const read = batched<string, RequestRow | null>(
		async (ids) => {
			const { rows } = await repeated(() =>
				sql<RequestRow>`select * from request where id = any(${ids}::uuid[])`.execute(
					db,
				),
			);
			const byId = new Map(rows.map((row) => [row.id, row]));
			return ids.map((id) => byId.get(id) ?? null);
		},
		{ most: BATCH },
	);
	return async ({ id }: GetRequest) => {
		const row = await read(requestId(id));
		if (row === null) throw fault("NOT_FOUND", `Request ${id} not found`);
		return create(GetResponseSchema, { request: toRequest(row) });
	};
};
