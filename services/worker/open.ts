import { availableParallelism } from "node:os";
import { join } from "node:path";
import {
	type Archive,
	type ArchiveFault,
	openArchive,
} from "../../hypercube/archive/archive.ts";
import type { RemoteAccess } from "../../hypercube/archive/remote/remotes.ts";
import {
	type Collection,
	resolveCollections,
} from "../collections/collection.ts";
import { openPermits } from "../platform/permits.ts";
import { poolOf, poolsOf } from "../platform/pools.ts";
import type { Around, OpenRole } from "../platform/role.ts";
import type { WorkerContext } from "./context.ts";
import type { Datasource } from "./datasources/datasource.ts";
import { Threads } from "./datasources/features/threads.ts";
import { datasourceTypes, openDatasource } from "./datasources/open.ts";
import { openRunning } from "./running.ts";
import { makeSample } from "./sample/make.ts";
import { writeSampleZarr } from "./sample/zarr.ts";
import { workerRoutes } from "./service.ts";
import { renewOnce, runWorker } from "./worker.ts";

/** Parts of 8 MiB that may leave beside the one that each large result has on its way: 256 MiB. */
const EXTRA_PARTS = 32;

/** A worker: serves what it is dispatched for as long as it runs, and answers what it is doing. */
export async function openWorker(
	around: Around<"store" | "staging", "queue">,
): Promise<OpenRole> {
	const { config, clock, log, loop, peers, parts } = around;
	const pools = config.worker.pools ?? poolsOf(config);
	const datasources = await openDatasources(around, pools);
	const ctx: WorkerContext = {
		id: around.instance,
		store: peers.store,
		staging: peers.staging,
		queue: parts.queue,
		clock,
		log,
		datasource: (collection, name) => datasources.get(`${collection}/${name}`),
		datasourceTypes,
		timeLimitMs: (collection) =>
			config.collections[collection]?.time_limit ?? 86_400_000,
		fetch: { ...config.archive, rules: config.archive.fetch },
		slots: config.worker.concurrency,
		pools,
		leaseMs: config.lease.duration,
		renewMs: config.lease.renew,
		drainMs: config.worker.drain,
		patienceMs: config.worker.patience,
		permits: openPermits(EXTRA_PARTS),
		retry: {
			times: config.retry.times,
			firstMs: config.retry.first,
			mostMs: config.retry.most,
		},
		running: openRunning(),
	};
	// A broker of the same process then finds slots at its first look.
	if (around.roles.has("store")) await renewOnce(ctx);
	const running = loop((signal) => runWorker(ctx, signal));
	return {
		routes: workerRoutes(ctx, {
			draining: () => running.stopping(),
			start: () => running.stop(),
		}),
	};
}

/** As many as there are processors but one, which the event loop has to itself: what is done in them waits for nothing. */
const openThreads = (log: Around["log"]): Threads =>
	new Threads(Math.max(1, availableParallelism() - 1), {
		onDeath: (death) =>
			log.error(
				{
					event: "thread.died",
					reason: death.kind,
					...(death.kind === "error" && { err: death.error }),
				},
				"a thread that cuts features out has died; what it did is tried again",
			),
	});

/** Every datasource of every collection of some pools, as `<collection>/<datasource>`. */
async function openDatasources(
	{ config, data, stack, log }: Around,
	pools: readonly string[],
): Promise<ReadonlyMap<string, Datasource>> {
	const opening = new AbortController();
	stack.defer(() => opening.abort());
	const indexFolder = join(data, "index");
	const surroundings = {
		indexFolder,
		sampleFolder: join(data, "sample"),
		sampleZarr: join(data, "sample.zarr"),
		archive: sharedArchives({ indexFolder, log }, opening.signal),
		threads: stack.use(openThreads(log)),
		signal: opening.signal,
	};
	const collections = [...resolveCollections(config).values()].filter(
		({ name }) => pools.includes(poolOf(config, name)),
	);
	if (uses(collections, "path"))
		await makeSample(surroundings.sampleFolder, opening.signal);
	if (uses(collections, "zarr"))
		await writeSampleZarr(surroundings.sampleZarr, opening.signal);
	const datasources = new Map<string, Datasource>();
	for (const { name, datasources: sources } of collections) {
		for (const source of sources) {
			datasources.set(
				`${name}/${source.name}`,
				await openDatasource(source, surroundings),
			);
		}
	}
	return datasources;
}

/** Opens archives, each once: what cuts features out of files shares the index of what hands them out whole. */
function sharedArchives(
	{ indexFolder, log }: { indexFolder: string; log: Around["log"] },
	signal: AbortSignal,
) {
	const archives = new Map<string, Promise<Archive>>();
	const onFaults = (faults: readonly ArchiveFault[]) => tellFaults(log, faults);
	return (access: RemoteAccess): Promise<Archive> => {
		const name = JSON.stringify(access);
		const archive =
			archives.get(name) ??
			openArchive({ ...access, indexFolder, onFaults }, signal);
		archives.set(name, archive);
		return archive;
	};
}

/** Faults told of an archive at once. */
const MOST_FAULTS = 20;

/** What of an archive nobody will get, before somebody asks for it. */
function tellFaults(log: Around["log"], faults: readonly ArchiveFault[]): void {
	for (const { file, offset, reason } of faults.slice(0, MOST_FAULTS))
		log.warn(
			{ event: "archive.fault", path: file, reason, count: faults.length },
			`${file}${offset === undefined ? "" : ` at ${offset}`}: ${reason}`,
		);
}

/** Whether some datasource reads the sample. */
const uses = (
	collections: readonly Collection[],
	key: "path" | "zarr",
): boolean =>
	collections.some(({ datasources }) =>
		datasources.some(({ settings }) =>
			[settings[key]].flat().includes("sample:"),
		),
	);
