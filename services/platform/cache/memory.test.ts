import { expect, it } from "vitest";
import { systemClock } from "../clock.ts";
import { cacheContract } from "./cache.contract.ts";
import { openMemoryCache } from "./memory.ts";

cacheContract("memory", () => Promise.resolve(openMemoryCache(systemClock)));

it("gives one turn for each interval, and never more than the burst at once", async () => {
	let now = 1_000_000;
	await using cache = openMemoryCache({ now: () => now });
	const rate = { perSecond: 2, burst: 4 };
	const most = async (): Promise<number> => {
		let count = 0;
		while ((await cache.take("a", rate)).taken) count++;
		return count;
	};
	expect(await most()).toBe(4);
	now += 499;
	expect(await cache.take("a", rate)).toEqual({ taken: false, waitMs: 1 });
	now += 1;
	expect(await most()).toBe(1);
	now += 60_000;
	expect(await most()).toBe(4);
});
