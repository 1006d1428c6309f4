import type { Client } from "@connectrpc/connect";
import type { StoreService } from "../../gen/polytope/store/v1/store_pb.js";
import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config/schema.ts";
import type { Scrub } from "../platform/log/scrub.ts";
import type { Log } from "../platform/log.ts";
import type { Database } from "./database.ts";
import type { Forward } from "./forward.ts";
import type { Receiver } from "./otlp/receiver.ts";
import type { SpanKeeper } from "./spans/keeper.ts";
import type { UsageReader } from "./usage/read.ts";

/** What every answer of `/telemetry/v1` is made from. */
export interface TelemetryContext {
	readonly db: Database;
	readonly store: Client<typeof StoreService>;
	readonly usage: UsageReader;
	readonly keeper: SpanKeeper;
	readonly receiver: Receiver;
	readonly forward: Forward | undefined;
	readonly config: Config;
	readonly clock: Clock;
	readonly log: Log;
	/** Takes secrets out of texts. */
	readonly scrub: Scrub;
	readonly version: string;
}
