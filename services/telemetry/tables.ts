import type { ColumnType } from "kysely";

/** bigint columns arrive as text from the driver; all of ours stay below 2⁵³. */
type Big = ColumnType<string, number | bigint, number | bigint>;
type Json<T> = ColumnType<T, string, string>;

/** What is kept of an event of a span. */
export interface KeptEvent {
	readonly name: string;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly attributes: Attributes;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanTable {
	trace_id: Buffer;
	span_id: Buffer;
	/** Null: the span is the first of its trace. */
	parent_id: Buffer | null;
	name: string;
	/** As OTLP numbers them: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
	kind: number;
	role: string;
	/** Which process. */
	instance: string;
	began: Date;
	nanoseconds: Big;
	failed: boolean;
	attributes: Json<Attributes>;
	events: Json<readonly KeptEvent[]>;
}

/** How many spans lie in each partition. */
export interface SpanHourTable {
	hour: Date;
	spans: Big;
}

export interface UsageTable {
	/** Begin of the minute, hour or day (UTC). */
	at: Date;
	user_id: string;
	realm: string;
	collection: string;
	datasource: string;
	status: string;
	username: string;
	requests: Big;
	bytes: Big;
}

/** Of all users together. */
export interface TotalTable {
	at: Date;
	realm: string;
	collection: string;
	datasource: string;
	status: string;
	requests: Big;
	bytes: Big;
	/** From submission to end, of all together. */
	seconds: number;
	/** Of the last attempts alone. */
	attempt_seconds: number;
	// And the buckets of both, which `bounds.ts` names.
}

/** Whose requests have ended, and when the last of them. */
export interface UserTable {
	user_id: string;
	realm: string;
	username: string;
	/** Begin of that minute. */
	last: Date;
}

export interface ProgressTable {
	what: string;
	until: Date;
}

export interface Tables {
	"telemetry.span": SpanTable;
	"telemetry.span_hour": SpanHourTable;
	"telemetry.usage_minute": UsageTable;
	"telemetry.usage_hour": UsageTable;
	"telemetry.usage_day": UsageTable;
	"telemetry.total_minute": TotalTable;
	"telemetry.total_hour": TotalTable;
	"telemetry.total_day": TotalTable;
	"telemetry.usage_user": UserTable;
	"telemetry.progress": ProgressTable;
}
