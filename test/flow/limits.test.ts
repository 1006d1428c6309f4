import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callerOf } from "../kit/caller.ts";
import { type RedisServer, startRedis } from "../kit/redis.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";
import { openIn, WORLDS } from "../kit/worlds.ts";

/** So low that a test meets them, and so slow that none sees a refill. */
const CONFIG = `
http:
  trusted_proxies: [loopback]
  limits:
    submissions: {rate: 1/h, burst: 3}
    polls: {rate: 1/h, burst: 5, hold: 400ms}
    failed_sign_ins: {rate: 1/h, burst: 3}
authentication:
  open: {authenticators: {all: {type: anonymous, user: guest}}}
`;
const HOLD_MS = 400;

const ask = (
	{ url }: TestWorld,
	path: string,
	headers: Record<string, string>,
	init: RequestInit = {},
) =>
	fetch(`${url()}/api/v1${path}`, {
		redirect: "manual",
		...init,
		headers,
	});

const submit = (it: TestWorld, headers: Record<string, string>) =>
	ask(
		it,
		"/requests/echo",
		{ ...headers, "content-type": "application/json" },
		{ method: "POST", body: '{"verb": "retrieve", "request": "hello"}' },
	);

const key = (name: string) => ({ authorization: `Bearer ${name}` });
const at = (address: string) => ({ "x-forwarded-for": address });

async function statuses(
	count: number,
	work: () => Promise<Response>,
): Promise<number[]> {
	const seen = [];
	for (let n = 0; n < count; n++) {
		const response = await work();
		await response.text();
		seen.push(response.status);
	}
	return seen;
}

describe.each(WORLDS)("limits of one gateway, %s", (where) => {
	let it: TestWorld;
	beforeAll(async () => {
		it = await openIn(where, CONFIG);
	}, INSTALL_TIMEOUT);
	afterAll(() => it[Symbol.asyncDispose]());

	test("too many submissions of a user are refused with a reason, nobody else's", async () => {
		const seen = await statuses(3, () => submit(it, key("demo-key")));
		expect(seen).toEqual([202, 202, 202]);
		const refused = await submit(it, key("demo-key"));
		expect(refused.status).toBe(403);
		expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3000);
		expect(await refused.json()).toEqual({
			message: expect.stringMatching(
				/too many requests in a short time: wait 3\d{3} s/,
			),
		});
		expect(await statuses(1, () => submit(it, key("other-key")))).toEqual([
			202,
		]);
	});

	test("callers without credentials are counted by address", async () => {
		const from = (address: string) => () => submit(it, at(address));
		expect(await statuses(4, from("192.0.2.1"))).toEqual([202, 202, 202, 403]);
		expect(await statuses(1, from("192.0.2.2"))).toEqual([202]);
	});

	test("too many polls are slowed, not refused", async () => {
		const id = await callerOf(it.url(), "other-key").submit("echo", "x");
		const poll = () => ask(it, `/requests/${id}?wait=5`, key("other-key"));
		expect(await statuses(5, poll)).toEqual([303, 303, 303, 303, 303]);
		const from = performance.now();
		expect(await statuses(1, poll)).toEqual([303]);
		expect(performance.now() - from).toBeGreaterThanOrEqual(HOLD_MS - 5);
	});

	test("an address that showed too many wrong credentials may only show right ones that are known", async () => {
		const from = at("192.0.2.9");
		const user = (name: string) => () =>
			ask(it, "/user", { ...key(name), ...from });
		expect(await statuses(1, user("demo-key"))).toEqual([200]);
		expect(await statuses(4, user("guess"))).toEqual([401, 401, 401, 403]);
		const refused = await ask(it, "/user", {
			authorization: `Basic ${btoa("demo:demo")}`,
			...from,
		});
		expect(refused.status).toBe(403);
		expect(await refused.json()).toEqual({
			message: expect.stringMatching(/^Too many wrong credentials came from/),
		});
		expect(await statuses(1, user("demo-key"))).toEqual([200]);
		// Elsewhere nothing happened, and who shows nothing has shown nothing wrong.
		expect(
			await statuses(1, () =>
				ask(it, "/user", { authorization: `Basic ${btoa("demo:demo")}` }),
			),
		).toEqual([200]);
		expect(await statuses(1, () => ask(it, "/user", from))).toEqual([200]);
	});
});

test("a refusal is 429 where that is configured; an answer held back ends with the gateway", async () => {
	await using it = await openTestWorld({
		split: false,
		config: `
http:
  reject_status: 429
  limits:
    submissions: {rate: 1/h, burst: 1}
    polls: {rate: 1/h, burst: 1, hold: 1h}
`,
	});
	expect(await statuses(2, () => submit(it, key("demo-key")))).toEqual([
		202, 429,
	]);
	expect(await statuses(1, () => ask(it, "/user", key("demo-key")))).toEqual([
		200,
	]);
	const held = statuses(1, () => ask(it, "/user", key("demo-key")));
	// Long enough for it to have been answered, were it not held back.
	expect(await statuses(1, () => submit(it, key("other-key")))).toEqual([202]);
	const from = performance.now();
	await it.stop();
	expect(await held).toEqual([200]);
	expect(performance.now() - from).toBeLessThan(10_000);
});

describe("limits of two gateways that share a Redis", () => {
	let redis: RedisServer;
	beforeAll(async () => {
		redis = await startRedis();
	}, INSTALL_TIMEOUT);
	afterAll(() => redis?.[Symbol.asyncDispose]());

	const open = () =>
		openTestWorld({
			split: false,
			config: `${CONFIG}\ncache: {url: "${redis.url}"}`,
		});

	test("are counted together, and nobody is refused because Redis is away", async () => {
		await using one = await open();
		await using other = await open();
		expect(await statuses(2, () => submit(one, key("demo-key")))).toEqual([
			202, 202,
		]);
		// Three would be the other's own. One of ours it may have missed: whom Redis answers late counts for itself.
		const rest = await statuses(3, () => submit(other, key("demo-key")));
		expect(rest).toContain(403);
		const wrong = (it: TestWorld) => () => ask(it, "/user", key("guess"));
		expect(await statuses(3, wrong(one))).toEqual([401, 401, 401]);
		expect(await statuses(3, wrong(other))).toContain(403);
		await redis.stop();
		const from = performance.now();
		expect(await statuses(1, () => submit(one, key("demo-key")))).toEqual([
			202,
		]);
		expect(performance.now() - from).toBeLessThan(3_000);
	});
});
