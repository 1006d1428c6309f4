import type { Database } from "../database.ts";
import type { Attributes, KeptEvent } from "../tables.ts";

/** A span as it is shown. */
export interface SpanView {
	readonly span_id: string;
	readonly parent_id: string | null;
	readonly name: string;
	/** internal, server, client, producer or consumer */
	readonly kind: string;
	readonly role: string;
	readonly instance: string;
	/** Seconds since 1970. */
	readonly start: number;
	/** Seconds; null: it goes on. */
	readonly duration: number | null;
	readonly error: boolean;
	readonly attributes: Attributes;
	readonly events: readonly {
		readonly name: string;
		readonly at: number;
		readonly attributes: Attributes;
	}[];
}

const KINDS = [
	"internal",
	"internal",
	"server",
	"client",
	"producer",
	"consumer",
] as const;
/** More than this of one trace is not shown. */
const MOST = 5_000;

/** The inner spans of a trace in order of their begin. @param since which partitions need not be looked at, ms since 1970 */
export async function spansOf(
	db: Database,
	traceId: string,
	since: number,
): Promise<SpanView[]> {
	const rows = await db
		.selectFrom("telemetry.span")
		.selectAll()
		.where("trace_id", "=", Buffer.from(traceId, "hex"))
		.where("began", ">=", new Date(since))
		.orderBy("began")
		.limit(MOST)
		.execute();
	return rows.map((row) => ({
		span_id: row.span_id.toString("hex"),
		parent_id: row.parent_id?.toString("hex") ?? null,
		name: row.name,
		kind: KINDS[row.kind] ?? "internal",
		role: row.role,
		instance: row.instance,
		start: row.began.getTime() / 1000,
		duration: Number(row.nanoseconds) / 1e9,
		error: row.failed,
		attributes: row.attributes,
		events: row.events.map(eventView),
	}));
}

const eventView = ({ name, at, attributes }: KeptEvent) => ({
	name,
	at: at / 1000,
	attributes,
});
