import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { sql } from "kysely";
import {
	type RecentEndsRequest,
	RecentEndsResponseSchema,
} from "../../../gen/polytope/store/v1/store_pb.js";
import type { StoreContext } from "../context.ts";
import { limitOf } from "../parse.ts";
import type { HistoryEntry } from "../tables.ts";

interface Ended {
	status: string;
	collection: string;
	datasource: string;
	history: readonly HistoryEntry[];
}

/**
 * The newest entries of the index that the collector expires by. Whatever is asked of one collection is asked of these:
 * an index by collection would cost something with every request, this costs a page of rows now and then.
 */
export const recentEnds =
	({ db, clock }: StoreContext) =>
	async ({ limit }: RecentEndsRequest) => {
		const { rows } = await sql<Ended>`
      select status, collection, datasource, history from request
      where status in ('processed', 'failed', 'cancelled')
      order by modified_at desc limit ${limitOf(limit)}`.execute(db);
		return create(RecentEndsResponseSchema, {
			ends: rows.filter(({ status }) => status === "processed").flatMap(toEnd),
			now: timestampFromMs(clock.now()),
		});
	};

function toEnd({ collection, datasource, history }: Ended) {
	const end = history.at(-1);
	const waited = history.find(({ s }) => s === "waiting");
	const ran = history.findLast(({ s }) => s === "processing");
	if (end === undefined || waited === undefined || ran === undefined) return [];
	return [
		{
			collection,
			datasource,
			endedAt: timestampFromMs(end.t),
			took: durationFromMs(end.t - waited.t),
			ran: durationFromMs(end.t - ran.t),
		},
	];
}
