import type { Client } from "@connectrpc/connect";
import type {
	CommitRequest,
	StagingService,
} from "../../gen/polytope/staging/v1/staging_pb.js";

import type { Permits } from "../platform/permits.ts";
import type { Patience } from "./call-patiently.ts";

/** What a way of sending needs. */
export interface Sending extends Patience {
	readonly staging: Client<typeof StagingService>;
	readonly key: string;
	readonly chunks: AsyncIterable<Uint8Array>;
	readonly permits: Permits;
}

/** What was sent, as it left here, and how: what `Commit` is told. */
export interface SentResult {
	readonly length: bigint;
	readonly sha256: string;
	readonly arrived: CommitRequest["arrived"];
}
