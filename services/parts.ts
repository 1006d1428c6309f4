import { steadyClock } from "./platform/clock.ts";
import { poolsOf } from "./platform/pools.ts";
import type { PartName, Parts, Surroundings } from "./platform/role.ts";

/** Opens the parts that the roles of this process name. They end with the process, after its roles. */
export async function openParts(
	wanted: ReadonlySet<PartName>,
	around: Surroundings,
): Promise<Parts> {
	const { config, log, stack } = around;
	const database = wanted.has("database")
		? await (await import("./platform/postgres/open.ts")).openPostgres(around)
		: undefined;
	const queue = wanted.has("queue")
		? stack.use(
				await (await import("./platform/queue/open.ts")).openQueue(
					config.queue,
					poolsOf(config),
					log,
				),
			)
		: undefined;
	const cache = wanted.has("cache")
		? stack.use(
				await (await import("./platform/cache/open.ts")).openCache(
					config.cache.url,
					steadyClock,
					log,
				),
			)
		: undefined;
	return {
		get queue() {
			return named("queue", queue);
		},
		get cache() {
			return named("cache", cache);
		},
		get database() {
			return named("database", database);
		},
	};
}

/** A role gets what its row in the table names; the compiler sees to it that it asks for nothing else. */
function named<T>(name: PartName, part: T | undefined): T {
	if (part === undefined) throw new Error(`no role here names the ${name}`);
	return part;
}
