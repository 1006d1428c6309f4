import type { Client } from "@connectrpc/connect";
import type { StagingService } from "../../gen/polytope/staging/v1/staging_pb.js";
import type { StoreService } from "../../gen/polytope/store/v1/store_pb.js";
import type { Clock } from "../platform/clock.ts";
import type { FetchOptions } from "../platform/fetch/fetch.ts";
import type { Log } from "../platform/log.ts";
import type { Permits } from "../platform/permits.ts";
import type { Queue } from "../platform/queue/queue.ts";
import type { Datasource } from "./datasources/datasource.ts";
import type { RunningAttempts } from "./running.ts";

export interface RetryPolicy {
	/** How often; then the request fails. */
	readonly times: number;
	/** Milliseconds before the first new try, and before any at most. */
	readonly firstMs: number;
	readonly mostMs: number;
}

export interface WorkerContext {
	readonly id: string;
	readonly store: Client<typeof StoreService>;
	readonly staging: Client<typeof StagingService>;
	readonly queue: Queue;
	readonly clock: Clock;
	readonly log: Log;
	/** The datasource of a collection; undefined: not configured here (any more). */
	readonly datasource: (
		collection: string,
		name: string,
	) => Datasource | undefined;
	readonly datasourceTypes: readonly string[];
	/** Milliseconds that an attempt of a collection may take. */
	readonly timeLimitMs: (collection: string) => number;
	/** How data is fetched that is archived from a URL. */
	readonly fetch: Pick<FetchOptions, "rules" | "size" | "timeout">;
	readonly slots: number;
	/** The pools whose requests this worker serves. */
	readonly pools: readonly string[];
	readonly leaseMs: number;
	readonly renewMs: number;
	/** Milliseconds that running attempts may go on after a drain began. */
	readonly drainMs: number;
	/** Milliseconds that staging may be away in the middle of a result. */
	readonly patienceMs: number;
	/** For parts of results that leave beside others of the same result. */
	readonly permits: Permits;
	/** How faults that may be over later are tried again. */
	readonly retry: RetryPolicy;
	readonly running: RunningAttempts;
}
