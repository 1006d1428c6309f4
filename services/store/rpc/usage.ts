import { create } from "@bufbuild/protobuf";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type RawBuilder, sql } from "kysely";
import {
	Status,
	type Usage,
	type UsageRequest,
	UsageResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../../platform/faults.ts";
import { statusOf } from "../../platform/lifecycle.ts";
import type { StoreContext } from "../context.ts";

interface Row {
	minute: Date;
	user_id: string;
	username: string;
	realm: string;
	collection: string;
	datasource: string;
	status: string;
	requests: string;
	bytes: string;
	seconds: number;
	within: string[];
	attempt_seconds: number;
	attempt_within: string[];
}

const MOST_BOUNDS = 50;
const ENDED = sql`status in ('processed', 'failed', 'cancelled')`;

/** One look through the index of those that ended; what it costs follows their number between the two times. */
export const usage =
	({ db }: StoreContext) =>
	async ({ since, until, bounds }: UsageRequest) => {
		if (since === undefined || until === undefined)
			throw fault("INVALID", "usage is counted between two times");
		if (bounds.length > MOST_BOUNDS)
			throw fault("INVALID", `at most ${MOST_BOUNDS} bounds`);
		const { rows } = await sql<Row>`
      with ended as (
        select date_trunc('minute', modified_at, 'UTC') as minute, user_id, username, realm, collection, datasource, status,
          case when status = 'processed' then content_length end as bytes,
          extract(epoch from modified_at - created_at)::float8 as took,
          case when status = 'processed' then extract(epoch from modified_at)::float8 - ${BEGUN} / 1000 end as worked
        from request
        where ${ENDED} and modified_at >= ${timestampDate(since)} and modified_at < ${timestampDate(until)}
      )
      select minute, user_id, max(username) as username, realm, collection, datasource, status,
        count(*) as requests, coalesce(sum(bytes), 0) as bytes,
        sum(took) as seconds, ${counted(bounds, sql`took`)} as within,
        coalesce(sum(worked), 0) as attempt_seconds, ${counted(bounds, sql`worked`)} as attempt_within
      from ended
      group by minute, user_id, realm, collection, datasource, status`.execute(
			db,
		);
		const first = await sql<{ earliest: Date | null }>`
      select min(modified_at) as earliest from request where ${ENDED}`.execute(
			db,
		);
		const earliest = first.rows[0]?.earliest;
		return create(UsageResponseSchema, {
			usages: rows.map(toUsage),
			...(earliest && { earliest: timestampFromDate(earliest) }),
		});
	};

/** When the last attempt began, ms since 1970. */
const BEGUN = sql`
  (select max((step ->> 't')::float8) from jsonb_array_elements(history) as step where step ->> 's' = 'processing')`;

const counted = (bounds: readonly number[], value: RawBuilder<unknown>) =>
	sql`array[${sql.join(
		bounds.map(
			(bound) =>
				sql`count(*) filter (where ${value} <= ${bound}::float8)::text`,
		),
	)}]::text[]`;

/** Written out whole, type and all: filling defaults in costs more than all the rest. */
const toUsage = (row: Row): Usage => ({
	$typeName: "polytope.store.v1.Usage",
	minute: timestampFromDate(row.minute),
	userId: row.user_id,
	username: row.username,
	realm: row.realm,
	collection: row.collection,
	datasource: row.datasource,
	status: statusOf(row.status) ?? Status.UNSPECIFIED,
	requests: BigInt(row.requests),
	bytes: BigInt(row.bytes),
	seconds: row.seconds,
	within: row.within.map(BigInt),
	attemptSeconds: row.attempt_seconds,
	attemptWithin: row.attempt_within.map(BigInt),
});
