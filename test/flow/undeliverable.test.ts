import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLog } from "../../services/platform/log.ts";
import { poolsOf } from "../../services/platform/pools.ts";
import { openQueue } from "../../services/platform/queue/open.ts";
import type { Queue } from "../../services/platform/queue/queue.ts";
import { type TestNats, testNats } from "../kit/nats.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";

describe("a dispatch that no worker claims", () => {
	let nats: TestNats;
	let it: TestWorld;
	/** The queue of a worker that never gets as far as claiming. */
	let worker: Queue;
	beforeAll(async () => {
		nats = await testNats();
		it = await openTestWorld({
			split: false,
			config: `
queue: {url: "${nats.url}", max_deliver: 3}
broker: {sweep: 1h}
worker: {pools: [default]}
collections: {far: {datasources: [echo], pool: far}}
`,
		});
		const { config } = it;
		worker = await openQueue(config.queue, poolsOf(config), openLog("fatal"));
	}, INSTALL_TIMEOUT);
	afterAll(async () => {
		await worker[Symbol.asyncDispose]();
		await it[Symbol.asyncDispose]();
		await nats[Symbol.asyncDispose]();
	});
	const next = async () => {
		const patience = AbortSignal.timeout(20_000);
		const [delivery] = await worker.take(["far"], 1, patience);
		return delivery;
	};

	test("is given up by the queue, and sent again by the broker", async () => {
		const { store } = it.world();
		const lease = durationFromMs(600_000);
		await store.renew({ workerId: "far", slots: 1, pools: ["far"], lease });
		const id = await it.demo().submit("far", "far");
		for (const deliveries of [1, 2, 3, 1]) {
			const delivery = await next();
			expect(delivery?.message.requestId).toBe(id);
			expect(delivery?.deliveries).toBe(deliveries);
			delivery?.nack();
		}
		const { request } = await store.get({ id });
		expect(request?.attempt).toBe(1);
	});
});
