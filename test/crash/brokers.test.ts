import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ROLE_NAMES } from "../../services/roles.ts";
import { type Cable, openCable } from "../kit/cable.ts";
import { type TestNats, testNats } from "../kit/nats.ts";
import { type Product, startProduct } from "../kit/product.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";

const LEASE_MS = 1_500;
/** Milliseconds in which another broker has taken over, on a busy machine too. */
const TAKEN_OVER = LEASE_MS * 10;

let nats: TestNats;
let it: TestWorld;
const brokers = new Set<Broker>();

/** A process, and its way to the store. */
interface Broker {
	readonly process: Product;
	readonly cable: Cable;
}

/** Everything but brokers, which are processes of their own. */
beforeAll(async () => {
	nats = await testNats();
	it = await openTestWorld({
		split: true,
		roles: new Set(ROLE_NAMES.filter((name) => name !== "broker")),
		// Nobody is asked why a request waits.
		config: `{queue: {url: "${nats.url}"}, services: {broker: "http://127.0.0.1:9"}}`,
	});
}, INSTALL_TIMEOUT);
afterEach(async () => {
	for (const { process, cable } of brokers) {
		await process.kill();
		await cable[Symbol.asyncDispose]();
	}
	brokers.clear();
});
afterAll(async () => {
	await it[Symbol.asyncDispose]();
	await nats[Symbol.asyncDispose]();
});

async function startBroker(): Promise<Broker> {
	const cable = await openCable(it.rpc("store"));
	const file = join(it.data, "broker.yaml");
	await writeFile(
		file,
		`
queue: {url: "${nats.url}"}
services: {store: "${cable.url}"}
lease: {leader: ${LEASE_MS}ms}
broker: {sweep: 1h}
collections: {sample: null}
`,
	);
	const process = await startProduct({
		data: it.data,
		config: [file],
		args: ["--role", "broker"],
	});
	const broker = { process, cable };
	brokers.add(broker);
	return broker;
}

/** What it believes. */
const leads = ({ process }: Broker): boolean => {
	const [last] =
		process.output().match(/lead\.(begun|ended)(?!.*lead\.)/s) ?? [];
	return last === "lead.begun";
};
const served = async (text: string): Promise<void> => {
	const id = await it.demo().submit("echo", text);
	const { code } = await until(
		"it is served",
		async () => {
			const polled = await it.demo().poll(id);
			return polled.code !== 202 && polled;
		},
		TAKEN_OVER,
	);
	expect(code).toBe(303);
	const history = (await it.demo().record(id))?.history ?? [];
	expect(history.map(({ status }) => status)).toEqual([
		"waiting",
		"queued",
		"processing",
		"processed",
	]);
};
/** Two brokers: the one that leads, and the one that stands by. */
async function pair(): Promise<[leader: Broker, other: Broker]> {
	const both = [await startBroker(), await startBroker()];
	await served("as usual");
	return until(
		"one leads",
		() => {
			const [leader, ...more] = both.filter(leads);
			const other = both.find((broker) => broker !== leader);
			return leader && other && more.length === 0 && [leader, other];
		},
		TAKEN_OVER,
	);
}

test("a broker that is killed is replaced in seconds", async () => {
	const [leader, other] = await pair();
	await leader.process.kill();
	await served("after the kill");
	expect(leads(other)).toBe(true);
});

test("one that ends in good order is replaced at once", async () => {
	const [leader, other] = await pair();
	expect(await leader.process.stop()).toBe(0);
	await until("the other leads", () => leads(other), LEASE_MS * 2);
	await served("after the end");
});

test("one that is stopped is replaced, and harms nobody when it goes on", async () => {
	const [leader, other] = await pair();
	process.kill(leader.process.pid, "SIGSTOP");
	await served("while it is stopped");
	expect(leads(other)).toBe(true);
	process.kill(leader.process.pid, "SIGCONT");
	await Promise.all(
		Array.from({ length: 20 }, (_, index) => served(`both ${index}`)),
	);
	await until("it has seen that", () => !leads(leader), TAKEN_OVER);
});

test("one that is cut off from the store is replaced, and stops by itself", async () => {
	const [leader, other] = await pair();
	leader.cable.freeze();
	await served("while it is cut off");
	expect(leads(other)).toBe(true);
	await until("it has given up", () => !leads(leader), TAKEN_OVER);
});
