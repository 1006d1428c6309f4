import type { EventName } from "./names.ts";

/**
 * What a line of log may tell beside its words. Nothing else can be said, so nobody logs a header, an address with its
 * key or a whole message by accident; what is said is scrubbed all the same.
 */
export interface Facts {
	/** What happened; `docs/logs.md` says what each means. */
	readonly event: EventName;
	/** What was thrown. */
	readonly err?: unknown;
	/** The request it is about; `request_id` in the line. */
	readonly requestId?: string | undefined;
	/** The trace of that request, where it is another one than that of the work at hand; told as `trace_id`, `span_id`. */
	readonly traceparent?: string | undefined;
	readonly attempt?: number | undefined;
	readonly collection?: string | undefined;
	readonly datasource?: string | undefined;
	readonly status?: string | undefined;
	/** Why, in words. */
	readonly reason?: string | undefined;
	readonly worker?: string | undefined;
	readonly pool?: string | undefined;
	/** The part, server or role that it is about. */
	readonly what?: string | undefined;
	readonly server?: string | undefined;
	/** Who leads what. */
	readonly shard?: string | undefined;
	readonly holder?: string | undefined;
	readonly count?: number | undefined;
	readonly bytes?: number | undefined;
	readonly tries?: number | undefined;
	readonly deaths?: number | undefined;
	/** How a process ended. */
	readonly code?: number | string | null | undefined;
	readonly method?: string | undefined;
	readonly path?: string | undefined;
	/** Milliseconds. */
	readonly duration?: number | undefined;
	/** Where a process can be reached, by what is there. */
	readonly addresses?: Readonly<Record<string, string>> | undefined;
}
