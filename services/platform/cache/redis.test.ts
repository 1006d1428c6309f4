import { afterAll, beforeAll, expect, it } from "vitest";
import { type RedisServer, startRedis } from "../../../test/kit/redis.ts";
import { INSTALL_TIMEOUT } from "../../../test/kit/tools.ts";
import { until } from "../../../test/kit/until.ts";
import { systemClock } from "../clock.ts";
import { openLog } from "../log.ts";
import { cacheContract } from "./cache.contract.ts";
import { openRedisCache } from "./redis.ts";

const SLOW = { perSecond: 0.01, burst: 3 };

let server: RedisServer;
beforeAll(async () => {
	server = await startRedis();
}, INSTALL_TIMEOUT);
afterAll(() => server?.[Symbol.asyncDispose]());

const open = () => openRedisCache(server.url, systemClock, openLog("fatal"));

cacheContract("redis", async () => {
	await server.empty();
	return open();
});

it("is shared: what one process counts, another sees", async () => {
	await server.empty();
	await using one = await open();
	await using other = await open();
	for (let n = 0; n < 3; n++) await one.take("a", SLOW);
	expect((await other.take("a", SLOW)).taken).toBe(false);
});

it("leaves nothing behind for long: every key has its time", async () => {
	await server.empty();
	await using cache = await open();
	await cache.take("a", { perSecond: 50, burst: 3 });
	await until("empty", async () => (await server.count()) === 0);
});

it("does without a server that stopped, and uses it when it is there again", async () => {
	await server.empty();
	await using cache = await open();
	for (let n = 0; n < 3; n++) await cache.take("a", SLOW);
	await server.stop();
	await until("counted here", async () => (await cache.take("a", SLOW)).taken);
	// This process still counts for itself.
	for (let n = 0; n < 3; n++) await cache.take("b", SLOW);
	expect((await cache.take("b", SLOW)).taken).toBe(false);
	await server.start();
	await until("counted there", async () => {
		await cache.take("c", SLOW);
		return (await server.count()) > 0;
	});
});

it("waits only once for a server that hangs, not with every call", async () => {
	await server.empty();
	await using cache = await open();
	await cache.take("a", SLOW);
	server.freeze();
	try {
		const from = performance.now();
		for (let n = 0; n < 100; n++) await cache.take(`a${n}`, SLOW);
		expect(performance.now() - from).toBeLessThan(5_000);
	} finally {
		server.thaw();
	}
	await until("counted there", async () => {
		await cache.take("d", SLOW);
		return (await server.count()) > 1;
	});
});

it("opens without a server, and ends without one", async () => {
	await server.stop();
	try {
		await using cache = await open();
		expect((await cache.take("a", SLOW)).taken).toBe(true);
	} finally {
		await server.start();
	}
});
