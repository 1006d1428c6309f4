import type { IncomingMessage, ServerResponse } from "node:http";
import type { Client } from "@connectrpc/connect";
import type { BrokerService } from "../gen/polytope/broker/v1/broker_pb.js";
import type { IdentityService } from "../gen/polytope/identity/v1/identity_pb.js";
import type { StagingService } from "../gen/polytope/staging/v1/staging_pb.js";
import type { StoreService } from "../gen/polytope/store/v1/store_pb.js";
import type { WorkerService } from "../gen/polytope/worker/v1/worker_pb.js";
import type { CoercionConfig } from "../hypercube/mars/coerce.ts";
import type { Collection } from "../services/collections/collection.ts";
import type { Cache } from "../services/platform/cache/cache.ts";
import type { Clock } from "../services/platform/clock.ts";
import type { Config } from "../services/platform/config/schema.ts";
import type { Log } from "../services/platform/log.ts";
import type { TelemetryDoor } from "../services/platform/telemetry-door.ts";
import type { Callers } from "./callers.ts";
import type { Explainer } from "./explainer.ts";
import type { Following } from "./following.ts";
import type { Limits } from "./limits.ts";
import type { Listeners } from "./listeners.ts";
import type { Waits } from "./waits.ts";

/** What an operator sets; names and units are the configuration's (`http`, `public_url`): bytes and milliseconds. */
export interface GatewayOptions {
	/** Address under which clients reach us, path prefix included; without it, what the request said. */
	readonly publicUrl?: string | undefined;
	/** Addresses, networks or names of `proxy-addr` whose `X-Forwarded-*` headers are believed. */
	readonly trustedProxies: readonly string[];
	readonly limits: Config["http"]["limits"];
	/** How large an upload may be, how long it may take, and from where data is fetched. */
	readonly archive: Config["archive"];
	/** Status of a refused submission when there are too many. */
	readonly rejectStatus: 403 | 429;
	/** How request documents are read; without it, v1's rules. */
	readonly coercion?: CoercionConfig | undefined;
	readonly version: string;
}

/** All that the public door needs: clients of the services, and what it was told. */
export interface GatewayContext {
	readonly store: Client<typeof StoreService>;
	readonly staging: Client<typeof StagingService>;
	readonly identity: Client<typeof IdentityService>;
	/** Knows why requests wait. Nothing depends on its being there. */
	readonly broker: Client<typeof BrokerService>;
	/** Knows what requests would take, before they are made. */
	readonly worker: Client<typeof WorkerService>;
	readonly collections: ReadonlyMap<string, Collection>;
	/** Where limits are counted, with the other gateways. */
	readonly cache: Cache;
	/**
	 * Staging's own handler for GET and HEAD of a staged result; `name` is `<key>.<ext>`. Absent where staging runs
	 * elsewhere: it then has a door of its own.
	 */
	readonly download?: (
		req: IncomingMessage,
		res: ServerResponse,
		name: string,
	) => Promise<void>;
	/** What telemetry shows to operators; absent where it runs elsewhere: it then has a door of its own. */
	readonly telemetry?: TelemetryDoor;
	readonly options: GatewayOptions;
	readonly log: Log;
	readonly clock: Clock;
}

/** What every route is made from: the context, and what this gateway keeps in memory. */
export interface Door extends GatewayContext {
	readonly callers: Callers;
	readonly limits: Limits;
	readonly waits: Waits;
	readonly explainer: Explainer;
	readonly following: Following;
	readonly listeners: Listeners;
	/** The gateway is stopping: whoever waits is answered. */
	readonly closing: AbortSignal;
	/** The base of absolute URLs for a request, without a slash at its end: `https://host/prefix`. */
	readonly baseOf: (request: IncomingMessage) => string;
}
