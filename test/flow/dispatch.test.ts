import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../services/platform/clock.ts";
import { loadConfig } from "../../services/platform/config/load.ts";
import { openLog } from "../../services/platform/log.ts";
import { openPermits } from "../../services/platform/permits.ts";
import { DEFAULT_POOL } from "../../services/platform/pools.ts";
import { openQueue } from "../../services/platform/queue/open.ts";
import { openEcho } from "../../services/worker/datasources/echo.ts";
import { openRunning } from "../../services/worker/running.ts";
import { runWorker } from "../../services/worker/worker.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import type { TestWorld } from "../kit/world.ts";
import { openIn, WORLDS } from "../kit/worlds.ts";

describe.each(WORLDS)("a dispatch, %s", (where) => {
	let it: TestWorld;
	beforeAll(async () => {
		it = await openIn(where);
	}, INSTALL_TIMEOUT);
	afterAll(() => it[Symbol.asyncDispose]());

	test("that arrives twice is served once", async () => {
		const { store, broker } = it.world();
		// Whoever begins to lead rings for all that is queued: what is admitted here must come after that.
		const first = await it.demo().submit("echo", "first");
		expect((await it.demo().ended(first)).code).toBe(303);
		await broker.pause({ collection: "echo" });
		const id = await it.demo().submit("echo", "once");
		const next = await it.demo().submit("echo", "afterwards");
		const userId = (await store.get({ id })).request?.user?.id ?? "";
		const { dispatches } = await store.admit({
			admissions: [{ collection: "echo", userId, count: 2 }],
		});
		const [once, afterwards] = dispatches;
		expect([once?.requestId, afterwards?.requestId]).toEqual([id, next]);
		if (once === undefined || afterwards === undefined) return;

		await using ring = await openRing(it);
		for (const messageId of ["first", "second", "third"])
			await ring.queue.publish(messageId, { ...once, pool: DEFAULT_POOL });
		// One slot: when this one has ended, those before it have all been taken.
		await ring.queue.publish("last", { ...afterwards, pool: DEFAULT_POOL });
		expect((await it.demo().ended(next)).code).toBe(303);
		expect((await it.demo().ended(id)).code).toBe(303);
		expect(ring.served).toEqual([id, next]);
		const { request } = await store.get({ id });
		expect(request?.attempt).toBe(1);
		expect(request?.history).toHaveLength(4);
	});
});

/** A second worker, with a queue that only the test rings. */
async function openRing(it: TestWorld) {
	const { store, staging } = it.world();
	const { config } = loadConfig({ files: [], env: {}, overrides: {} });
	const queue = await openQueue(config.queue, [DEFAULT_POOL], openLog("fatal"));
	const stop = new AbortController();
	const echo = openEcho();
	const served: string[] = [];
	const ended = runWorker(
		{
			id: "worker-2",
			store,
			staging,
			queue,
			clock: systemClock,
			log: openLog("fatal"),
			datasource: () => ({
				retrieve: (job, signal) => {
					served.push(job.requestId);
					return echo.retrieve(job, signal);
				},
			}),
			datasourceTypes: ["echo"],
			timeLimitMs: () => 60_000,
			fetch: {
				rules: { schemes: [], hosts: [], networks: [] },
				size: 0,
				timeout: 0,
			},
			slots: 1,
			pools: [DEFAULT_POOL],
			leaseMs: 15_000,
			renewMs: 5_000,
			patienceMs: 1_000,
			permits: openPermits(1),
			drainMs: 100,
			retry: { times: 0, firstMs: 0, mostMs: 0 },
			running: openRunning(),
		},
		stop.signal,
	);
	return {
		queue,
		served,
		async [Symbol.asyncDispose]() {
			stop.abort();
			await ended;
			await queue[Symbol.asyncDispose]();
		},
	};
}
