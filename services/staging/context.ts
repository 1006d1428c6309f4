import type { ServiceImpl } from "@connectrpc/connect";
import type { StagingService } from "../../gen/polytope/staging/v1/staging_pb.js";
import type { Clock } from "../platform/clock.ts";
import type { Deliver } from "./delivery.ts";
import type { Known } from "./known.ts";
import type { Objects } from "./objects.ts";
import type { Room } from "./room.ts";

/** What the staging service is made with. */
export interface StagingOptions {
	readonly objects: Objects;
	/** Where readers find results; without it at the door by which they came in. */
	readonly deliver?: Deliver;
	readonly clock?: Clock;
	/** Uploads are refused beyond this many bytes stored; 0: no limit. */
	readonly maxBytes: number;
	/** Bytes that one result may have; 0: no limit. */
	readonly maxResult?: number;
}

/** What every RPC works with. */
export interface StagingContext extends StagingOptions {
	readonly room: Room;
	readonly known: Known;
	readonly deliver: Deliver;
}

export type StagingImpl = ServiceImpl<typeof StagingService>;
