import { create } from "@bufbuild/protobuf";
import { timestampFromDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Selectable } from "kysely";
import {
	type Request,
	RequestSchema,
	type StagedResult,
	StagedResultSchema,
	Status,
	TransitionSchema,
} from "../../gen/polytope/store/v1/store_pb.js";
import { statusOf } from "../platform/lifecycle.ts";
import type { HistoryEntry, RequestTable } from "./tables.ts";

export type RequestRow = Selectable<RequestTable>;

/** The message of a row: the only place that knows both the table and the contract. */
export function toRequest(row: RequestRow): Request {
	const result = toResult(row);
	return create(RequestSchema, {
		id: row.id,
		user: {
			id: row.user_id,
			username: row.username,
			realm: row.realm,
			roles: row.roles,
			attributes: row.attributes,
		},
		collection: row.collection,
		verb: row.verb,
		status: statusOf(row.status) ?? Status.UNSPECIFIED,
		attempt: row.attempt,
		priority: row.priority,
		labels: row.labels,
		posted: row.posted,
		postedJson: row.posted_json,
		coerced: row.coerced,
		datasource: row.datasource,
		userMessage: row.user_message,
		url: row.url,
		...(result && { result }),
		createdAt: timestampFromDate(row.created_at),
		modifiedAt: timestampFromDate(row.modified_at),
		...(row.lease_until && { leaseUntil: timestampFromDate(row.lease_until) }),
		history: row.history.map(toTransition),
		hidden: row.hidden,
		traceparent: row.traceparent,
		progressBytes: BigInt(row.progress_bytes),
		progressFields: BigInt(row.progress_fields),
		seq: BigInt(row.seq),
		...(row.not_before && { notBefore: timestampFromDate(row.not_before) }),
		retries: row.retries,
		...(row.dead_at && { deadAt: timestampFromDate(row.dead_at) }),
	});
}

const toTransition = (entry: HistoryEntry) =>
	create(TransitionSchema, {
		status: statusOf(entry.s) ?? Status.UNSPECIFIED,
		at: timestampFromMs(entry.t),
		attempt: entry.a,
		reason: entry.r ?? "",
	});

function toResult(row: RequestRow): StagedResult | undefined {
	if (
		row.status !== "processed" ||
		row.staging_key === null ||
		row.media_type === null
	)
		return undefined;
	return create(StagedResultSchema, {
		key: row.staging_key,
		mediaType: row.media_type,
		length: BigInt(row.content_length ?? 0),
		sha256: row.sha256 ?? "",
		md5: row.md5 ?? "",
	});
}
