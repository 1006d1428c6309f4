import type { ServiceImpl } from "@connectrpc/connect";
import type { StagingService } from "../../gen/polytope/staging/v1/staging_pb.js";
import type { Objects } from "./objects.ts";
import type { Room } from "./room.ts";

/** What the staging service is made with. */
export interface StagingOptions {
	readonly objects: Objects;
	/** Base URL at which downloads reach us from outside; absent: as the caller of `Locate` was reached. */
	readonly publicUrl?: string;
	/** Uploads are refused beyond this many bytes stored; 0: no limit. */
	readonly maxBytes: number;
	/** Bytes that one result may have; 0: no limit. */
	readonly maxResult?: number;
}

/** What every RPC works with. */
export interface StagingContext extends StagingOptions {
	readonly room: Room;
}

export type StagingImpl = ServiceImpl<typeof StagingService>;
