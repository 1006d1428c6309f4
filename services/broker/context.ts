import type { Client } from "@connectrpc/connect";
import type { StoreService } from "../../gen/polytope/store/v1/store_pb.js";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Queue } from "../platform/queue/queue.ts";
import type { Bell } from "../platform/wait.ts";
import type { Paused } from "./paused.ts";
import type { Surroundings } from "./surroundings.ts";

export interface BrokerContext {
	readonly store: Client<typeof StoreService>;
	readonly queue: Queue;
	/** The store's. */
	readonly clock: Clock;
	readonly log: Log;
	/** Every collection's limit of requests in flight; 0: none. */
	readonly totals: ReadonlyMap<string, number>;
	/** The pool of the workers that serve a collection. */
	readonly poolOf: (collection: string) => string;
	/** Collections that admit nothing at the moment. */
	readonly paused: Paused;
	/** What explanations need besides the request itself. */
	readonly surroundings: Surroundings;
	readonly bell: Bell;
	/** Milliseconds between looks that nothing rang for. */
	readonly sweepMs: number;
}
