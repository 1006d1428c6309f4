import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Cache } from "./cache.ts";
import { openMemoryCache } from "./memory.ts";
import { openRedisCache } from "./redis.ts";

/** Opens the cache that a URL names. A Redis that is away is connected to later. */
export async function openCache(
	url: string,
	clock: Clock,
	log: Log,
): Promise<Cache> {
	if (url === "memory:") return openMemoryCache(clock);
	if (/^rediss?:\/\//.test(url)) return openRedisCache(url, clock, log);
	throw new Error(
		"cache.url has an unknown scheme; use memory: or redis://host:6379",
	);
}
