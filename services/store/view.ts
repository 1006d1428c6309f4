import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { Selectable } from "kysely";
import {
	type Input,
	type Request,
	type StagedResult,
	Status,
	type Transition,
} from "../../gen/polytope/store/v1/store_pb.js";
import { statusOf } from "../platform/lifecycle.ts";
import type { HistoryEntry, RequestTable } from "./tables.ts";

export type RequestRow = Selectable<RequestTable>;

/**
 * The message of a row: the only place that knows both the table and the contract. Written out whole, type and all,
 * since every poll makes one and filling defaults in costs more than the rest.
 */
export function toRequest(row: RequestRow): Request {
	const result = toResult(row);
	const input = toInput(row);
	return {
		$typeName: "polytope.store.v1.Request",
		id: row.id,
		user: {
			$typeName: "polytope.store.v1.User",
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
		...(input && { input }),
		createdAt: at(row.created_at.getTime()),
		modifiedAt: at(row.modified_at.getTime()),
		...(row.lease_until && { leaseUntil: at(row.lease_until.getTime()) }),
		history: row.history.map(toTransition),
		hidden: row.hidden,
		traceparent: row.traceparent,
		progressBytes: BigInt(row.progress_bytes),
		progressFields: BigInt(row.progress_fields),
		seq: BigInt(row.seq),
		...(row.not_before && { notBefore: at(row.not_before.getTime()) }),
		retries: row.retries,
		...(row.dead_at && { deadAt: at(row.dead_at.getTime()) }),
	};
}

const toTransition = (entry: HistoryEntry): Transition => ({
	$typeName: "polytope.store.v1.Transition",
	status: statusOf(entry.s) ?? Status.UNSPECIFIED,
	at: at(entry.t),
	attempt: entry.a,
	reason: entry.r ?? "",
});

/** @param ms since 1970 */
const at = (ms: number): Timestamp => ({
	$typeName: "google.protobuf.Timestamp",
	seconds: BigInt(Math.floor(ms / 1000)),
	nanos: Math.round((ms % 1000) * 1_000_000),
});

function toInput(row: RequestRow): Input | undefined {
	if (row.input_key === null || row.input_length === null) return undefined;
	return {
		$typeName: "polytope.store.v1.Input",
		key: row.input_key,
		length: BigInt(row.input_length),
		sha256: row.input_sha256 ?? "",
		md5: row.input_md5 ?? "",
	};
}

function toResult(row: RequestRow): StagedResult | undefined {
	if (
		row.status !== "processed" ||
		row.staging_key === null ||
		row.media_type === null
	)
		return undefined;
	return {
		$typeName: "polytope.store.v1.StagedResult",
		key: row.staging_key,
		mediaType: row.media_type,
		length: BigInt(row.content_length ?? 0),
		sha256: row.sha256 ?? "",
		md5: row.md5 ?? "",
	};
}
