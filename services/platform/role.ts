import type { IncomingMessage, ServerResponse } from "node:http";
import type { Client, ConnectRouter } from "@connectrpc/connect";
import { TraceService } from "../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.js";
import { BrokerService } from "../../gen/polytope/broker/v1/broker_pb.js";
import { IdentityService } from "../../gen/polytope/identity/v1/identity_pb.js";
import { StagingService } from "../../gen/polytope/staging/v1/staging_pb.js";
import { StoreService } from "../../gen/polytope/store/v1/store_pb.js";
import { WorkerService } from "../../gen/polytope/worker/v1/worker_pb.js";
import type { Cache } from "./cache/cache.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config/schema.ts";
import type { Log } from "./log.ts";
import type { Postgres } from "./postgres/open.ts";
import type { Queue } from "./queue/queue.ts";
import type { TelemetryDoor } from "./telemetry-door.ts";

/** The services that roles call, by the name of the role that offers them. */
export const SERVICES = {
	store: StoreService,
	staging: StagingService,
	identity: IdentityService,
	worker: WorkerService,
	broker: BrokerService,
	// OTLP: what exporters speak to it.
	telemetry: TraceService,
} as const;

export type PeerName = keyof typeof SERVICES;
export type RoleName = PeerName | "collector" | "gateway";

/** Clients of the services; whoever holds one cannot tell whether the service runs in this process. */
export type Peers = {
	readonly [Name in PeerName]: Client<(typeof SERVICES)[Name]>;
};

/** What several roles of one process hold in common; what one role alone needs, it opens by itself. */
export interface Parts {
	readonly queue: Queue;
	readonly cache: Cache;
	readonly database: Postgres;
}

export type PartName = keyof Parts;

/** What all roles of a process have around them. */
export interface Surroundings {
	readonly config: Config;
	/** The data folder. */
	readonly data: string;
	readonly log: Log;
	readonly clock: Clock;
	readonly version: string;
	/** Names this process among all that run. */
	readonly instance: string;
	/** The roles of this process. */
	readonly roles: ReadonlySet<RoleName>;
	/** Whether some roles run in other processes. */
	readonly apart: boolean;
	/** Ends when the process is told to. */
	readonly ending: AbortSignal;
	/** What a role opened is ended with the process, in reverse order. */
	readonly stack: AsyncDisposableStack;
	/** What cannot be mended here ends the process in the ordinary way: whoever watches it starts it again. */
	readonly died: (what: string, reason: unknown) => void;
}

export interface Loop {
	/** Ends it, and resolves when it has ended. */
	stop(): Promise<void>;
	stopping(): boolean;
}

/** Answers GET and HEAD of a staged result, named `<key>.<ext>`. */
export type Download = (
	req: IncomingMessage,
	res: ServerResponse,
	name: string,
) => Promise<void>;

/** What a role is opened with: of peers and parts exactly those that it named. */
export type Around<
	Peer extends PeerName = never,
	Part extends PartName = never,
> = Surroundings & {
	readonly peers: Pick<Peers, Peer>;
	readonly parts: Pick<Parts, Part>;
	/** Runs something until the role ends; should it fail, the process ends. */
	readonly loop: (run: (signal: AbortSignal) => Promise<void>) => Loop;
	/** How staged results are downloaded, where staging runs in this process. */
	readonly download?: Download;
	/** What telemetry shows to operators, where it runs in this process. */
	readonly telemetry?: TelemetryDoor;
};

/** What an open role shows to others. */
export interface OpenRole {
	/** Its RPCs. */
	readonly routes?: (router: ConnectRouter) => void;
	/** Address of its HTTP door. */
	readonly url?: string;
	readonly download?: Download;
	readonly telemetry?: TelemetryDoor;
}
