import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestNats, testNats } from "../kit/nats.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";

// The sweep comes later than a test may take: that a worker came must be heard.
const config = (url: string) => `
queue: {url: "${url}"}
broker: {sweep: 1h}
worker: {pools: [default], concurrency: 2}
datasources: {slow: {type: dummy, pace: 1h}}
collections:
  far: {datasources: [echo], pool: big}
  stuck: {datasources: [slow], pool: big}
`;

let nats: TestNats;
let it: TestWorld;
beforeAll(async () => {
	nats = await testNats();
	it = await openTestWorld({ split: true, config: config(nats.url) });
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await it[Symbol.asyncDispose]();
	await nats[Symbol.asyncDispose]();
});

/** A worker of some pools, as if in a process of its own. */
const workerOf = (...pools: readonly string[]) =>
	it.replica(new Set(["worker"]), {
		worker: { ...it.config.worker, pools, drain: 100 },
	});

test("requests of a pool wait for one of its workers, hold up no other pool, and are served when it comes", async () => {
	const far = await it.demo().submit("far", "far");
	const near = await it.demo().submit("echo", "near");
	expect((await it.demo().ended(near)).code).toBe(303);
	expect((await it.demo().record(far))?.status).toBe("waiting");
	const { reason } = await it.world().broker.explain({ requestId: far });
	expect(reason).toMatch(/No worker that serves collection far/);
	await using _ = await workerOf("big");
	await until(
		"it is served",
		async () => (await it.demo().record(far))?.status === "processed",
	);
});

test("a busy pool takes no slots from another", async () => {
	await using _ = await workerOf("big");
	const stuck = await Promise.all(
		Array.from({ length: 300 }, () =>
			it.demo().submit("stuck", { size: "1GB" }),
		),
	);
	const near = await it.demo().submit("echo", "near");
	expect((await it.demo().ended(near)).code).toBe(303);
	// Two slots, and as many again so that none waits for the broker.
	const { waiting } = await until("its own slots are full", async () => {
		const { counts } = await it.world().store.counts({});
		const one = counts.find(({ collection }) => collection === "stuck");
		return Number(one?.inFlight) >= 4 && one;
	});
	expect(Number(waiting)).toBe(stuck.length - 4);
});
