import type { CreateRequest } from "../../gen/polytope/store/v1/store_pb.js";
import { fault } from "../platform/faults.ts";
import { newRequestId } from "../platform/ids.ts";
import { requestId } from "./parse.ts";
import type { RequestRow } from "./view.ts";

/** A request that is not in the table yet: its row but for its place in the order of submission. */
export interface Draft extends Omit<RequestRow, "seq"> {
	/** How many of its lane may be in flight; 0: no limit. */
	readonly lane_limit: number;
}

/** @throws INVALID without a user or a collection, or with a malformed id */
export function draftOf(message: CreateRequest, now: number): Draft {
	const { user } = message;
	if (user === undefined || user.id === "")
		throw fault("INVALID", "a request needs a user");
	if (message.collection === "")
		throw fault("INVALID", "a request needs a collection");
	const at = new Date(now);
	const status = message.uploading ? "uploading" : "waiting";
	return {
		id: message.id === "" ? newRequestId() : requestId(message.id),
		user_id: user.id,
		username: user.username,
		realm: user.realm,
		roles: user.roles,
		attributes: user.attributes,
		collection: message.collection,
		verb: message.verb,
		status,
		attempt: 0,
		tries: 0,
		priority: message.priority,
		labels: message.labels,
		posted: message.posted,
		posted_json: message.postedJson,
		coerced: message.coerced,
		datasource: message.datasource,
		user_message: "",
		url: message.url,
		traceparent: message.traceparent,
		idempotency_key:
			message.idempotencyKey === "" ? null : message.idempotencyKey,
		hidden: false,
		history: [{ s: status, t: now, a: 0 }],
		created_at: at,
		modified_at: at,
		lease_until: null,
		worker_id: null,
		staging_key: null,
		media_type: null,
		content_length: null,
		sha256: null,
		md5: null,
		input_key: null,
		input_length: null,
		input_sha256: null,
		input_md5: null,
		progress_bytes: "0",
		progress_fields: "0",
		not_before: null,
		retries: 0,
		dead_at: null,
		lane_limit: message.laneLimit,
	};
}
