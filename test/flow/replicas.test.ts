import { afterAll, beforeAll, expect, test } from "vitest";
import { Status } from "../../gen/polytope/store/v1/store_pb.js";
import type { World } from "../../services/wiring.ts";
import { type TestNats, testNats } from "../kit/nats.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";

// Every sweep, and every renewal of a lease, comes later than a test may take: what is heard is the bell.
const config = (url: string) => `
queue: {url: "${url}"}
broker: {sweep: 1h}
lease: {duration: 3h, renew: 1h}
datasources: {slow: {type: dummy, pace: 50ms}}
collections: {slow: {datasources: [slow]}}
`;

let nats: TestNats;
let it: TestWorld;
/** A second replica of the store. */
let other: World;
beforeAll(async () => {
	nats = await testNats();
	it = await openTestWorld({ split: false, config: config(nats.url) });
	other = await it.replica(new Set(["store"]));
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await other[Symbol.asyncDispose]();
	await it[Symbol.asyncDispose]();
	await nats[Symbol.asyncDispose]();
});

const running = async () => (await it.world().worker.describe({})).running;

test("a revoke that another replica of the store commits stops the worker at once", async () => {
	const id = await it.demo().submit("slow", { size: "1GB" });
	await until("it runs", async () => (await running()).length === 1);
	const { request } = await it.world().store.get({ id });
	await other.peers.store.cancel({ id, userId: request?.user?.id ?? "" });
	const stopped = async () => (await running()).length === 0;
	await until("the worker has stopped it", stopped);
});

test("a request that another replica of the store inserts is served at once", async () => {
	const sample = await it.demo().submit("echo", "first");
	await it.demo().ended(sample);
	const { request } = await it.world().store.get({ id: sample });
	const user = request?.user;
	const { request: created } = await other.peers.store.create({
		...(user && { user }),
		collection: "echo",
		verb: "retrieve",
		posted: '"second"',
		postedJson: true,
		coerced: request?.coerced ?? "",
		datasource: request?.datasource ?? "",
	});
	await until("it is served", async () => {
		const { request } = await it.world().store.get({ id: created?.id ?? "" });
		return request?.status === Status.PROCESSED;
	});
});

test("a worker that could not be reached finds out when the bell rings again", async () => {
	const id = await it.demo().submit("slow", { size: "1GB" });
	await until("it runs", async () => (await running()).length === 1);
	await nats.stop("SIGKILL");
	const { request } = await it.world().store.get({ id });
	await other.peers.store.cancel({ id, userId: request?.user?.id ?? "" });
	expect(await running()).toHaveLength(1);
	await nats.start();
	await until("the worker has stopped it", async () => {
		return (await running()).length === 0;
	});
});
