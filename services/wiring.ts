import type { IncomingMessage, ServerResponse } from "node:http";
import { join, resolve } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import type { Client, ConnectRouter } from "@connectrpc/connect";
import { openGateway } from "../gateway/server.ts";
import { BrokerService } from "../gen/polytope/broker/v1/broker_pb.js";
import { IdentityService } from "../gen/polytope/identity/v1/identity_pb.js";
import { StagingService } from "../gen/polytope/staging/v1/staging_pb.js";
import { StoreService } from "../gen/polytope/store/v1/store_pb.js";
import { WorkerService } from "../gen/polytope/worker/v1/worker_pb.js";
import { dispatchAgain, runBroker } from "./broker/broker.ts";
import type { BrokerContext } from "./broker/context.ts";
import { brokerRoutes } from "./broker/service.ts";
import {
	type Collection,
	resolveCollection,
} from "./collections/collection.ts";
import { type CollectorContext, runCollector } from "./collector/collector.ts";
import { openIdentity } from "./identity/identity.ts";
import { identityService } from "./identity/service.ts";
import { openCache } from "./platform/cache/open.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import type { Config } from "./platform/config/schema.ts";
import type { Log } from "./platform/log.ts";
import { openQueue } from "./platform/queue/open.ts";
import type { Queue } from "./platform/queue/queue.ts";
import { link } from "./platform/rpc/link.ts";
import { serveRpc } from "./platform/rpc/serve.ts";
import { openBell } from "./platform/wait.ts";
import { openDisk } from "./staging/disk.ts";
import { downloadHandler } from "./staging/http.ts";
import { parseDownloadName } from "./staging/links.ts";
import { stagingService } from "./staging/service.ts";
import { openChanges } from "./store/changes.ts";
import { type Database, openDatabase } from "./store/database.ts";
import { openEmbedded } from "./store/embedded/postgres.ts";
import { storeRoutes } from "./store/service.ts";
import type { WorkerContext } from "./worker/context.ts";
import type { Datasource } from "./worker/datasources/datasource.ts";
import { datasourceTypes, openDatasource } from "./worker/datasources/open.ts";
import { openRunning } from "./worker/running.ts";
import { makeSample } from "./worker/sample/make.ts";
import { workerRoutes } from "./worker/service.ts";
import { renewOnce, runWorker } from "./worker/worker.ts";

export interface WorldOptions {
	readonly config: Config;
	readonly data: string;
	readonly log: Log;
	readonly version: string;
	readonly clock?: Clock;
	/** Every service listens on its own loopback gRPC port and is reached only through it. */
	readonly split?: boolean;
}

/** All roles, running. Disposing drains and ends them in reverse order. */
export interface World extends AsyncDisposable {
	/** Where the public door listens. */
	readonly url: string;
	readonly store: Client<typeof StoreService>;
	readonly staging: Client<typeof StagingService>;
	readonly broker: Client<typeof BrokerService>;
	readonly worker: Client<typeof WorkerService>;
	/** gRPC URLs by role; empty unless split. */
	readonly rpc: ReadonlyMap<string, string>;
}

/** From the threshold on the collector makes room; only so many times as much is too much for a new result. */
const FULL = 2;

type Routes = (router: ConnectRouter) => void;

/** The composition root: the only place that knows which parts there are and how they meet. */
export async function openWorld(options: WorldOptions): Promise<World> {
	await using stack = new AsyncDisposableStack();
	const { config, log, data } = options;
	const clock = options.clock ?? systemClock;
	const rpc = new Map<string, string>();
	const reach = async <S extends DescService>(
		role: string,
		service: S,
		routes: Routes,
	): Promise<Client<S>> => {
		if (options.split !== true) return link(service, { routes });
		const served = stack.use(await serveRpc(routes));
		rpc.set(role, served.url);
		return link(service, { url: served.url });
	};

	const collections = collectionsOf(config);
	const db = await openStoreDatabase(stack, config, data, log);
	const store = await reach(
		"store",
		StoreService,
		storeRoutes({ db, changes: openChanges(), clock }),
	);
	const queue = stack.use(openQueue(config.queue.url));

	const objects = stack.use(
		await openDisk({ folder: stagingFolder(config, data) }),
	);
	const publicUrl = config.staging.public_url ?? config.public_url;
	const stagingImpl = stagingService({
		objects,
		maxBytes: config["garbage-collector"].threshold * FULL,
		...(publicUrl !== undefined && { publicUrl }),
	});
	const staging = await reach(
		"staging",
		StagingService,
		(router) => void router.service(StagingService, stagingImpl),
	);

	const cache = stack.use(await openCache(config.cache.url, clock, log));
	const identityImpl = identityService(
		openIdentity(config.authentication, clock, cache),
	);
	const identity = await reach(
		"identity",
		IdentityService,
		(router) => void router.service(IdentityService, identityImpl),
	);

	if (isEmbedded(config)) await giveBackOwn(store, config);

	const workerCtx = await workerContext({
		options,
		clock,
		store,
		staging,
		queue,
		collections,
		stack,
	});
	await renewOnce(workerCtx);
	const startWorker = backgroundRole(stack, log, "worker", (signal) =>
		runWorker(workerCtx, signal),
	);
	const worker = await reach(
		"worker",
		WorkerService,
		workerRoutes(workerCtx, {
			draining: () => startWorker.stopping(),
			start: () => startWorker.stop(),
		}),
	);

	const brokerCtx: BrokerContext = {
		store,
		queue,
		clock,
		log,
		totals: new Map(
			[...collections].map(([name, { limits }]) => [name, limits.total ?? 0]),
		),
		paused: new Set(),
		bell: openBell(),
		sweepMs: config.broker.sweep,
	};
	const broker = await reach("broker", BrokerService, brokerRoutes(brokerCtx));
	// The memory queue ended with its process: whatever is queued has no dispatch.
	if (isEmbedded(config)) await dispatchAgain(brokerCtx, 0);
	backgroundRole(stack, log, "broker", (signal) =>
		runBroker(brokerCtx, signal),
	);
	const collectorCtx: CollectorContext = {
		store,
		staging,
		clock,
		log,
		intervalMs: config["garbage-collector"].interval,
		leaseSweepMs: config.lease.renew,
		ageMs: config["garbage-collector"].age,
		thresholdBytes: config["garbage-collector"].threshold,
		maxAttempts: config.lease.attempts,
	};
	backgroundRole(stack, log, "collector", (signal) =>
		runCollector(collectorCtx, signal),
	);

	const serveDownload = downloadHandler({ objects, log });
	const download = async (
		req: IncomingMessage,
		res: ServerResponse,
		name: string,
	): Promise<void> => {
		const { key, ext } = parseDownloadName(name) ?? { key: name, ext: "" };
		await serveDownload(req, res, key, ext);
	};
	const gateway = await openGateway({
		store,
		staging,
		identity,
		collections,
		download,
		log,
		clock,
		options: {
			publicUrl: config.public_url,
			trustedProxies: config.http.trusted_proxies,
			limits: config.http.limits,
			rejectStatus: config.http.reject_status,
			coercion: config.coercion,
			version: options.version,
		},
	});
	stack.defer(() => gateway.close());
	const url = await gateway.listen({
		host: config.http.host,
		port: config.http.port,
	});

	const held = stack.move();
	return {
		url,
		store,
		staging,
		broker,
		worker,
		rpc,
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}

/** The collections as configured, with their datasources resolved. @throws {CollectionConfigError} */
export const collectionsOf = (config: Config): Map<string, Collection> =>
	new Map(
		Object.entries(config.collections).map(([name, settings]) => [
			name,
			resolveCollection(name, settings, config.datasources, config.sample),
		]),
	);

const isEmbedded = (config: Config): boolean =>
	config.store.url.startsWith("embedded:");

async function openStoreDatabase(
	stack: AsyncDisposableStack,
	config: Config,
	data: string,
	log: Log,
): Promise<Database> {
	const connection = isEmbedded(config)
		? stack.use(
				await openEmbedded({
					folder: join(data, "postgres"),
					log,
					onExit: (reason) => endProcess(log, "PostgreSQL", reason),
				}),
			).connection
		: { connectionString: config.store.url };
	const db = await openDatabase({ ...connection, max: 12 });
	stack.defer(() => db.destroy());
	return db;
}

function stagingFolder(config: Config, data: string): string {
	if (!config.staging.url.startsWith("file:"))
		throw new Error(
			`staging.url '${config.staging.url}' has a scheme that is not built; use file:`,
		);
	const folder = config.staging.url.slice("file:".length);
	return folder === "" ? join(data, "staging") : resolve(folder);
}

/** An embedded start knows that what ran here before is dead: it need not wait for leases. */
async function giveBackOwn(
	store: Client<typeof StoreService>,
	config: Config,
): Promise<void> {
	for (;;) {
		const { requeued, failed } = await store.requeue({
			limit: 1000,
			maxAttempts: config.lease.attempts,
			allProcessing: true,
		});
		if (requeued.length + failed.length < 1000) return;
	}
}

interface WorkerParts {
	readonly options: WorldOptions;
	readonly clock: Clock;
	readonly store: Client<typeof StoreService>;
	readonly staging: Client<typeof StagingService>;
	readonly queue: Queue;
	readonly collections: ReadonlyMap<string, Collection>;
	readonly stack: AsyncDisposableStack;
}

async function workerContext(parts: WorkerParts): Promise<WorkerContext> {
	const { config, data, log } = parts.options;
	const opening = new AbortController();
	parts.stack.defer(() => opening.abort());
	const around = {
		indexFolder: join(data, "index"),
		sampleFolder: join(data, "sample"),
		signal: opening.signal,
	};
	if (usesSample(parts.collections))
		await makeSample(around.sampleFolder, opening.signal);
	const datasources = new Map<string, Datasource>();
	for (const collection of parts.collections.values()) {
		for (const source of collection.datasources) {
			datasources.set(
				`${collection.name}/${source.name}`,
				await openDatasource(source, around),
			);
		}
	}
	return {
		id: "worker-1",
		store: parts.store,
		staging: parts.staging,
		queue: parts.queue,
		clock: parts.clock,
		log,
		datasource: (collection, name) => datasources.get(`${collection}/${name}`),
		datasourceTypes,
		timeLimitMs: (collection) =>
			config.collections[collection]?.time_limit ?? 86_400_000,
		slots: config.worker.concurrency,
		leaseMs: config.lease.duration,
		renewMs: config.lease.renew,
		drainMs: config.worker.drain,
		running: openRunning(),
	};
}

const usesSample = (collections: ReadonlyMap<string, Collection>): boolean =>
	[...collections.values()].some(({ datasources }) =>
		datasources.some(
			({ settings }) =>
				Array.isArray(settings.path) && settings.path.includes("sample:"),
		),
	);

/** What cannot be mended here ends the process in the ordinary way, so that whoever watches it starts it again. */
function endProcess(log: Log, what: string, reason: unknown): void {
	log.fatal(
		{ event: "part.died", what, err: reason },
		`${what} ended by itself`,
	);
	process.exitCode = 1;
	process.kill(process.pid, "SIGTERM");
}

/** Starts a loop that ends with its signal; disposing the stack ends and awaits it. */
function backgroundRole(
	stack: AsyncDisposableStack,
	log: Log,
	role: string,
	run: (signal: AbortSignal) => Promise<void>,
) {
	const stop = new AbortController();
	const ended = run(stop.signal).catch((reason: unknown) => {
		endProcess(log, role, reason);
	});
	const end = async (): Promise<void> => {
		stop.abort();
		await ended;
	};
	stack.defer(end);
	return { stop: end, stopping: () => stop.signal.aborted };
}
