import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { download, sha256 } from "../kit/caller.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import type { TestWorld } from "../kit/world.ts";
import { openIn, WORLDS } from "../kit/worlds.ts";

const CONFIG = `
worker: {drain: 200ms}
datasources: {slow: {type: dummy, pace: 50ms}}
collections:
  slow: {datasources: [slow]}
  one: {datasources: [slow], limits: {per-user: 1}}
  two: {datasources: [slow], limits: {total: 2}}
  hasty: {datasources: [slow], time_limit: 1s}
`;
/** Milliseconds that are at once: far less than any sweep. */
const AT_ONCE = 4_000;
const MIB = 1024 * 1024;

describe.each(WORLDS)("a request, %s", (where) => {
	let it: TestWorld;
	beforeAll(async () => {
		it = await openIn(where, CONFIG);
	}, INSTALL_TIMEOUT);
	afterAll(() => it[Symbol.asyncDispose]());

	const result = async (id: string): Promise<Buffer> => {
		const ended = await it.demo().ended(id);
		expect(ended.code, ended.message).toBe(303);
		return download(ended.location);
	};
	const isNow = (id: string, status: string) =>
		until(
			`${id} is ${status}`,
			async () => (await it.demo().record(id))?.status === status,
		);
	const slow = (mib: number, collection = "slow") =>
		it.demo().submit(collection, { size: `${mib}MiB` });

	test("gives text back verbatim, and an object as JSON", async () => {
		const text = await it.demo().submit("echo", "grüß: dich");
		expect((await result(text)).toString()).toBe("grüß: dich");
		const object = await it.demo().submit("echo", { a: "b" });
		expect(JSON.parse((await result(object)).toString())).toEqual({ a: "b" });
	});

	test("gives as many bytes as it asked for", async () => {
		const id = await it.demo().submit("dummy", { size: "5MB" });
		expect(sha256(await result(id))).toBe(sha256(Buffer.alloc(5e6, "x")));
	});

	test("that fails says why", async () => {
		const id = await it.demo().submit("raise", "x");
		const { code, message } = await it.demo().ended(id);
		expect(code).toBe(400);
		expect(message).toContain("Datasource raised an error!");
	});

	test("sent twice with one key is one", async () => {
		const key = { "idempotency-key": "again" };
		const first = await it.demo().submit("echo", "x", key);
		expect(await it.demo().submit("echo", "x", key)).toBe(first);
		expect(await it.other().submit("echo", "x", key)).not.toBe(first);
	});

	test("wakes a long poll when it ends", async () => {
		const id = await slow(8);
		const begun = performance.now();
		const polled = await it.demo().poll(id, 20);
		expect(polled.code).toBe(303);
		expect(performance.now() - begun).toBeLessThan(AT_ONCE);
	});

	test("that runs is stopped when revoked, and stays listed", async () => {
		const id = await slow(4000);
		await until("bytes flow", async () => {
			const { running } = await it.world().worker.describe({});
			return running.some((one) => one.requestId === id && one.bytes > 0n);
		});
		expect(await it.demo().revoke(id)).toBe(200);
		await until(
			"the datasource stops",
			async () => (await it.world().worker.describe({})).running.length === 0,
			AT_ONCE,
		);
		expect((await it.demo().record(id))?.status).toBe("cancelled");
		expect((await it.demo().poll(id)).code).toBe(400);
		const left = await Array.fromAsync(it.world().staging.list({}));
		expect(left.filter(({ entry }) => entry.case === "upload")).toEqual([]);
	});

	test("that waits is gone when revoked", async () => {
		const first = await slow(400, "one");
		const second = await slow(1, "one");
		await isNow(first, "processing");
		expect((await it.demo().record(second))?.status).toBe("waiting");
		expect(await it.demo().revoke(second)).toBe(200);
		expect((await it.demo().poll(second)).code).toBe(404);
		expect(await it.demo().record(second)).toBeUndefined();
		await it.demo().revoke(first);
	});

	test("waits at its user's limit, and others do not", async () => {
		const ids = await Promise.all([1, 2, 3].map(() => slow(4, "one")));
		const others = await it.other().submit("one", { size: "4MiB" });
		let most = 0;
		await until("all end", async () => {
			const now = await it.demo().list();
			const mine = now.filter(({ id }) => ids.includes(id));
			const flying = mine.filter(({ status }) =>
				["queued", "processing"].includes(status),
			);
			most = Math.max(most, flying.length);
			if (flying.length > 0 && (await it.other().poll(others)).code === 303)
				expect(mine.length).toBe(3);
			return mine.every(({ status }) => status === "processed");
		});
		expect(most).toBe(1);
		expect((await it.other().ended(others)).code).toBe(303);
	});

	test("never shares a collection with more than its total", async () => {
		const ids = await Promise.all([
			...[1, 2, 3].map(() => slow(12, "two")),
			it.other().submit("two", { size: "12MiB" }),
		]);
		let most = 0n;
		await until("all end", async () => {
			const { collections } = await it.world().broker.limits({});
			const two = collections.find((one) => one.collection === "two");
			if ((two?.inFlight ?? 0n) > most) most = two?.inFlight ?? 0n;
			const { counts } = await it.world().store.counts({});
			return !counts.some(
				(one) => one.collection === "two" && one.waiting + one.inFlight > 0n,
			);
		});
		expect(most).toBe(2n);
		expect(ids).toHaveLength(4);
	});

	test("that takes too long fails with its limit", async () => {
		const { code, message } = await it.demo().ended(await slow(4000, "hasty"));
		expect(code).toBe(400);
		expect(message).toContain("longer than the 1 s");
	});

	test("waits while its collection is paused, is told so, and goes on", async () => {
		const { broker } = it.world();
		await broker.pause({ collection: "echo" });
		const id = await it.demo().submit("echo", "patient");
		const { reason } = await broker.explain({ requestId: id });
		expect(reason).toContain("paused");
		expect((await it.demo().record(id))?.status).toBe("waiting");
		await broker.resume({ collection: "echo" });
		expect((await result(id)).toString()).toBe("patient");
	});

	test("that runs when all stops is given back, and served after a restart", async () => {
		const id = await slow(80);
		await isNow(id, "processing");
		await it.restart();
		expect((await it.demo().record(id))?.status).not.toBe("failed");
		const bytes = await it.demo().ended(id);
		expect(bytes.code).toBe(303);
		expect((await download(bytes.location)).length).toBe(80 * MIB);
		expect((await it.demo().record(id))?.attempt).toBe(2);
	});
});
