import { create } from "@bufbuild/protobuf";
import { sql } from "kysely";
import {
	type CountsRequest,
	CountsResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "../context.ts";

export const counts =
	({ db }: StoreContext) =>
	async ({ userId }: CountsRequest) => {
		const { rows } = await sql<{
			collection: string;
			waiting: string;
			in_flight: string;
			deferred: string;
		}>`
      select collection, sum(waiting) as waiting, sum(in_flight) as in_flight, sum(deferred) as deferred
      from lane
      where ${userId} = '' or user_id = ${userId} group by collection order by collection`.execute(
			db,
		);
		return create(CountsResponseSchema, {
			counts: rows.map((row) => ({
				collection: row.collection,
				waiting: BigInt(row.waiting),
				inFlight: BigInt(row.in_flight),
				deferred: BigInt(row.deferred),
			})),
		});
	};
