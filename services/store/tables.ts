import type { ColumnType, Generated } from "kysely";
import type { StatusName } from "../platform/lifecycle.ts";

/** One step of a request's history: status, time (ms since 1970), attempt, and why, if there is something to say. */
export interface HistoryEntry {
	readonly s: StatusName;
	readonly t: number;
	readonly a: number;
	readonly r?: string;
}

type Json<T> = ColumnType<T, string, string>;
/** bigint columns arrive as text from the driver; all of ours stay below 2⁵³. */
type Big = ColumnType<string, number | bigint, number | bigint>;

export interface RequestTable {
	seq: Generated<string>;
	id: string;
	user_id: string;
	username: string;
	realm: string;
	roles: string[];
	attributes: Json<Record<string, string>>;
	collection: string;
	verb: string;
	status: StatusName;
	/** Fences late writers off: raised with every admission. */
	attempt: number;
	/** Attempts that count against the limit: drains and outages of ours do not. */
	tries: number;
	priority: number;
	labels: Json<Record<string, string>>;
	posted: string;
	posted_json: boolean;
	coerced: string;
	datasource: string;
	user_message: string;
	url: string;
	traceparent: string;
	idempotency_key: string | null;
	hidden: boolean;
	history: Json<readonly HistoryEntry[]>;
	created_at: Date;
	modified_at: Date;
	lease_until: Date | null;
	worker_id: string | null;
	/** Where the current attempt's bytes go; of a processed request: where its result lies. */
	staging_key: string | null;
	media_type: string | null;
	content_length: Big | null;
	sha256: string | null;
	md5: string | null;
	/** Where the data of an archive request lies; it is only there while its length is known. */
	input_key: string | null;
	input_length: Big | null;
	input_sha256: string | null;
	input_md5: string | null;
	progress_bytes: Big;
	progress_fields: Big;
	/** Of a deferred request: `waiting`, but not before this time. */
	not_before: ColumnType<Date | null, Date | null | undefined, Date | null>;
	/** How often it was tried again after a temporary fault. */
	retries: Generated<number>;
	/** Of a dead letter: when it was given up. */
	dead_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export interface LaneTable {
	collection: string;
	user_id: string;
	/** Without the deferred ones. */
	waiting: number;
	deferred: Generated<number>;
	in_flight: number;
	cap: number;
	/** No waiting request of the lane is older than this: a lower bound, made exact when it is read. */
	head: Big;
}

export interface WorkerTable {
	id: string;
	slots: number;
	alive_until: Date;
	/** The pools that it serves, in order of their names; none: all. */
	pools: Generated<string[]>;
}

export interface LeaderTable {
	role: string;
	shard: string;
	holder: string;
	/** Since when without a gap. */
	since: Date;
	until: Date;
}

export interface PausedTable {
	collection: string;
}

export interface Tables {
	request: RequestTable;
	lane: LaneTable;
	worker: WorkerTable;
	leader: LeaderTable;
	paused: PausedTable;
}
