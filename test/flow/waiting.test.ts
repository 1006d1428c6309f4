import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { detailSchema } from "../../gateway/views/detail.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import type { TestWorld } from "../kit/world.ts";
import { openIn, WORLDS } from "../kit/worlds.ts";

const CONFIG = `
worker: {drain: 200ms}
lease: {renew: 200ms}
datasources: {slow: {type: dummy, pace: 50ms}}
collections:
  slow: {datasources: [slow]}
  one: {datasources: [slow], limits: {per-user: 1}}
  two: {datasources: [slow], limits: {total: 1}}
`;
const LIVE = ["waiting", "queued", "processing"];
const DETAIL = "application/vnd.polytope.detail+json";

describe.each(WORLDS)("what the user of a request is told, %s", (where) => {
	let it: TestWorld;
	beforeAll(async () => {
		it = await openIn(where, CONFIG);
	}, INSTALL_TIMEOUT);
	afterAll(() => it[Symbol.asyncDispose]());
	afterEach(async () => {
		for (const collection of ["echo", "dummy"])
			await it.world().broker.resume({ collection });
		for (const caller of [it.demo(), it.other()])
			for (const { id, status } of await caller.list())
				if (LIVE.includes(status)) await caller.revoke(id);
	});

	const ask = (id: string, accept: string, query = "", method = "GET") =>
		fetch(`${it.url()}/api/v1/requests/${id}${query}`, {
			method,
			redirect: "manual",
			headers: { authorization: "Bearer demo-key", accept },
		});
	const detail = async (id: string, query = "") => {
		const response = await ask(id, DETAIL, query);
		expect([response.status, response.headers.get("content-type")]).toEqual([
			200,
			DETAIL,
		]);
		return detailSchema.strict().parse(await response.json());
	};
	/** The broker may be too busy to say: then the answer comes without. */
	const explained = (id: string) =>
		until(`${id} is explained`, async () => {
			const now = await detail(id);
			return (now.waiting_for !== null || now.result !== null) && now;
		});
	const slow = (mib: number, collection: string) =>
		it.demo().submit(collection, { size: `${mib}MiB` });
	const runs = (id: string) =>
		until(`${id} runs`, async () => (await detail(id)).status === "processing");

	test("at their own limit: so many still run, so many are before it", async () => {
		const first = await slow(4000, "one");
		await runs(first);
		const second = await slow(1, "one");
		const third = await slow(1, "one");
		const said = await explained(third);
		expect(said).toMatchObject({
			status: "waiting",
			waiting_for: {
				code: "user-limit",
				reason:
					"The one request that you may run at once in collection one is still running; 1 of yours is before it.",
			},
			position: { before: 1, own: 1, exact: true },
			attempts: [],
			result: null,
		});
		expect((await explained(second)).position).toMatchObject({ before: 0 });
		const polled = await until(
			"a poll says it, too",
			async () => {
				const { code, message } = await it.demo().poll(third);
				expect(code).toBe(202);
				return message !== "Request queued" && message;
			},
			10_000,
		);
		expect(polled).toBe(
			"Request queued: the one request that you may run at once in collection one is still running",
		);
	});

	test("at the collection's limit: others are before it", async () => {
		const first = await it.other().submit("two", { size: "4000MiB" });
		const second = await it.other().submit("two", { size: "1MiB" });
		const third = await slow(1, "two");
		await until(
			"the first is in flight",
			async () => (await it.other().record(first))?.status !== "waiting",
		);
		// What is in flight is read anew twice a second.
		const said = await until("it is the collection's limit", async () => {
			const now = await detail(third);
			return now.waiting_for?.code === "collection-limit" && now;
		});
		expect(said.waiting_for?.reason).toBe(
			"Collection two serves 1 request at once, and that is running; 1 request of others is before it.",
		);
		expect(said.position).toEqual({ before: 1, own: 0, exact: true });
		for (const id of [second, first]) await it.other().revoke(id);
		expect((await it.demo().ended(third)).code).toBe(303);
	});

	test("while the collection is paused", async () => {
		const { broker } = it.world();
		await broker.pause({ collection: "echo" });
		const id = await it.demo().submit("echo", "x");
		expect(await explained(id)).toMatchObject({
			waiting_for: {
				code: "paused",
				reason: "Collection echo is paused by its operators.",
			},
			estimate: null,
		});
	});

	test("to the end: history, attempts, progress, result and its address", async () => {
		const id = await slow(100, "slow");
		const running = await until("bytes flow", async () => {
			const now = await explained(id);
			return now.progress.bytes > 0 && now;
		});
		expect(running).toMatchObject({
			status: "processing",
			waiting_for: { code: "running", reason: "It is being processed." },
			position: null,
			attempts: [{ attempt: 1, end: null, outcome: null }],
		});
		const ended = await detail(id, "?wait=20");
		expect(ended).toMatchObject({
			status: "processed",
			collection: "slow",
			datasource: "slow",
			verb: "retrieve",
			waiting_for: null,
			position: null,
			estimate: null,
			retries: 0,
			not_before: null,
			attempts: [{ attempt: 1, outcome: "processed" }],
			result: { length: 100 * 1024 * 1024, type: "application/x-grib" },
		});
		expect(ended.history.map(({ status }) => status)).toEqual([
			"waiting",
			"queued",
			"processing",
			"processed",
		]);
		const [attempt] = ended.attempts;
		expect(attempt?.begin).toBeGreaterThanOrEqual(attempt?.queued ?? 0);
		expect(attempt?.end).toBeGreaterThanOrEqual(attempt?.begin ?? 0);
		const result = await fetch(ended.result?.location ?? "", {
			method: "HEAD",
		});
		expect(Number(result.headers.get("content-length"))).toBe(
			ended.result?.length,
		);
	});

	test("of one that failed: no error, but its reason", async () => {
		const id = await it.demo().submit("raise", "x");
		await it.demo().ended(id);
		const said = await detail(id);
		expect(said.status).toBe("failed");
		expect(said.message).toContain("Datasource raised an error!");
		expect(said.attempts.at(-1)?.outcome).toBe("failed");
		expect((await ask(id, "*/*")).status).toBe(400);
	});

	test("an estimate, once enough have ended", async () => {
		const some = await Promise.all(
			Array.from({ length: 6 }, () => it.demo().submit("dummy", 1e6)),
		);
		for (const id of some) await it.demo().ended(id);
		const { broker } = it.world();
		// Ends are read every 15 s at most, and a request that has just come has waited for less than all of them.
		const { estimate } = await until(
			"it is estimated",
			async () => {
				const fresh = await it.demo().submit("dummy", 1e9);
				const said = await broker.explain({ requestId: fresh });
				await it.demo().revoke(fresh);
				return said.estimate !== undefined && said;
			},
			25_000,
		);
		expect(estimate?.sample).toBeGreaterThanOrEqual(5);
	}, 40_000);

	test("only to its owner, and only where it is asked for", async () => {
		const id = await it.other().submit("echo", "x");
		expect((await ask(id, DETAIL)).status).toBe(404);
		const mine = await it.demo().submit("echo", "x");
		await it.demo().ended(mine);
		const head = await ask(mine, DETAIL, "", "HEAD");
		expect([head.status, head.headers.get("content-type")]).toEqual([
			200,
			DETAIL,
		]);
		expect(Number(head.headers.get("content-length"))).toBeGreaterThan(100);
		for (const accept of ["*/*", `${DETAIL};q=0`, "application/json"])
			expect((await ask(mine, accept)).status).toBe(303);
	});
});
