import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestNats, testNats } from "../kit/nats.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";
import { WORLDS_HERE } from "../kit/worlds.ts";

describe.each(WORLDS_HERE)("requests over JetStream, %s", (where) => {
	let nats: TestNats;
	let it: TestWorld;
	beforeAll(async () => {
		nats = await testNats({ started: false });
		it = await openTestWorld({
			split: where === "split",
			config: `queue: {url: "${nats.url}"}`,
		});
	}, INSTALL_TIMEOUT);
	afterAll(async () => {
		await it[Symbol.asyncDispose]();
		await nats[Symbol.asyncDispose]();
	});
	const submit = (count: number) =>
		Promise.all(
			Array.from({ length: count }, (_, n) => it.demo().submit("echo", `${n}`)),
		);
	const ended = async (ids: readonly string[]) =>
		Promise.all(ids.map(async (id) => (await it.demo().ended(id)).code));
	const waits = (id: string) =>
		until("the request waits", async () => {
			const record = await it.demo().record(id);
			return record?.status === "waiting" || record?.status === "queued";
		});

	test("wait for a NATS that has not been there yet", async () => {
		const [id = ""] = await submit(1);
		await waits(id);
		await nats.start();
		expect(await ended([id])).toEqual([303]);
	});

	test("are served", async () => {
		const ids = await submit(20);
		expect(await ended(ids)).toEqual(ids.map(() => 303));
	});

	test("wait for a NATS that was killed, and are each served once", async () => {
		const running = await submit(5);
		await nats.stop("SIGKILL");
		const ids = [...running, ...(await submit(5))];
		await nats.start();
		expect(await ended(ids)).toEqual(ids.map(() => 303));
		for (const id of ids) {
			const { request } = await it.world().store.get({ id });
			const processing = request?.history.filter(({ status }) => status === 4);
			expect(processing).toHaveLength(1);
		}
	});

	test("are served when NATS has lost what it had", async () => {
		await nats.stop("SIGKILL");
		const [id = ""] = await submit(1);
		await waits(id);
		await nats.lose();
		await nats.start();
		expect(await ended([id])).toEqual([303]);
	});

	test("that were dispatched into a queue that is then lost, are dispatched again", async () => {
		const { store, broker } = it.world();
		await broker.pause({ collection: "echo" });
		const [id = ""] = await submit(1);
		const userId = (await store.get({ id })).request?.user?.id ?? "";
		// As if the broker had admitted it, and its dispatch had been lost with the queue.
		await store.admit({
			admissions: [{ collection: "echo", userId, count: 1 }],
		});
		await nats.stop("SIGKILL");
		await nats.lose();
		await nats.start();
		expect(await ended([id])).toEqual([303]);
		await broker.resume({ collection: "echo" });
	});
});
