import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type GetManyRequest,
	GetManyResponseSchema,
	type GetRequest,
	GetResponseSchema,
	type Request,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import type { StoreContext } from "../context.ts";
import { requestId } from "../parse.ts";
import { type RequestRow, toRequest } from "../view.ts";

/** Point reads that share one statement at most. */
const MOST = 1000;

export const getRequest =
	(ctx: StoreContext) =>
	async ({ id }: GetRequest) => {
		const [request] = await read(ctx, [id]);
		if (request === undefined)
			throw fault("NOT_FOUND", `Request ${id} not found`);
		return create(GetResponseSchema, { request });
	};

export const getMany =
	(ctx: StoreContext) =>
	async ({ ids }: GetManyRequest) => {
		if (ids.length > MOST)
			throw fault("INVALID", `at most ${MOST} requests can be read at once`);
		return create(GetManyResponseSchema, { requests: await read(ctx, ids) });
	};

async function read(
	{ db }: StoreContext,
	ids: readonly string[],
): Promise<Request[]> {
	const { rows } = await sql<RequestRow>`
    select * from request where id = any(${ids.map(requestId)}::uuid[])`.execute(
		db,
	);
	return rows.map(toRequest);
}
