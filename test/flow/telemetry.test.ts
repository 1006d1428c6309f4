import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
	openTestReceiver,
	type TestReceiver,
} from "../../services/telemetry/fixtures/receiver.ts";
import { callerOf } from "../kit/caller.ts";
import { testDatabase } from "../kit/postgres.ts";
import { until } from "../kit/until.ts";
import { openTestWorld, type TestWorld } from "../kit/world.ts";

const CONFIG = (forward: string) => `
authentication:
  demo:
    authenticators:
      users: {users: [{uid: demo, password: demo, attributes: {ecmwf-apikey: "0123456789abcdef", country: fr}}, {uid: plain, password: plain-pw}]}
telemetry:
  usage: {interval: 100ms, timeframes: [1h]}
  user_attributes: [country]
  forward: {endpoint: "${forward}"}
`;

const row = z.looseObject({
	id: z.string(),
	status: z.string(),
	user: z.looseObject({
		id: z.string(),
		attributes: z.record(z.string(), z.string()),
	}),
});
const rows = z.array(row);
const summary = z.looseObject({
	last_1h: z.looseObject({ requests: z.number() }),
});

const basic = (user: string, password: string) => ({
	authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

let peer: TestReceiver;
let world: TestWorld;
beforeAll(async () => {
	peer = await openTestReceiver();
	world = await openTestWorld({ split: false, config: CONFIG(peer.grpc) });
});
afterAll(async () => {
	await world?.[Symbol.asyncDispose]();
	await peer?.[Symbol.asyncDispose]();
});

const ask = (
	path: string,
	headers: Record<string, string> = basic("demo", "demo"),
	base = world.url(),
) => fetch(`${base}/telemetry/v1${path}`, { headers });
const found = async (path: string) =>
	rows.parse(await (await ask(path)).json());
const idsOf = (all: z.infer<typeof rows>) => all.map(({ id }) => id);

describe("who may read /telemetry/v1", () => {
	const refusal = async (headers: Record<string, string>) => {
		const response = await ask("/requests", headers);
		const challenge = response.headers.get("www-authenticate");
		return [response.status, challenge, await response.json()];
	};

	it("is told in v1's words", async () => {
		expect(await refusal({})).toEqual([
			401,
			"Basic",
			{ detail: "Missing Basic Auth credentials" },
		]);
		expect(await refusal({ authorization: "Bearer demo-key" })).toEqual([
			401,
			"Basic",
			{ detail: "Invalid Auth scheme (Basic required)" },
		]);
		expect(await refusal(basic("demo", "wrong"))).toEqual([
			401,
			"Basic",
			{ detail: "Invalid credentials" },
		]);
		expect(await refusal(basic("plain", "plain-pw"))).toEqual([
			403,
			null,
			{ detail: "Telemetry access denied" },
		]);
		expect((await ask("/health", {})).status).toBe(401);
	});
});

describe("requests", () => {
	it("are found by status, user, collection, time and page", async () => {
		const demo = callerOf(world.url());
		const made: string[] = [];
		for (const word of ["a", "b", "c"]) {
			const id = await demo.submit("echo", word);
			await demo.ended(id);
			made.unshift(id);
		}
		const failed = await demo.submit("raise", "message: no");
		await demo.ended(failed);

		const echoes = await found("/requests?collection=echo");
		expect(idsOf(echoes)).toEqual(made);
		expect(echoes[0]).toMatchObject({
			status: "processed",
			datasource: "echo",
			url: `/api/v1/downloads/${made[0]}`,
			content_length: 1,
			coerced_request: expect.anything(),
			status_history: { processed: expect.any(Number) },
			user: { username: "demo", realm: "demo" },
		});
		expect(idsOf(await found("/requests?status=failed"))).toEqual([failed]);
		expect(idsOf(await found("/requests?status=completed"))).toEqual(made);
		expect(await found("/requests?status=active")).toEqual([]);
		expect(await found("/requests?id=nothing")).toEqual([]);
		expect(await found("/requests?since=2100-01-01")).toEqual([]);
		const { user } = echoes[0] ?? { user: { id: "" } };
		expect(
			idsOf(await found(`/users/${user.id}/requests?collection=echo&limit=0`)),
		).toEqual(made);
		expect(idsOf(await found("/requests?user=demo&collection=echo"))).toEqual(
			made,
		);
		const first = await ask("/requests?collection=echo&limit=2");
		expect(idsOf(rows.parse(await first.json()))).toEqual(made.slice(0, 2));
		const cursor = first.headers.get("x-next-cursor");
		expect(
			idsOf(await found(`/requests?collection=echo&limit=2&cursor=${cursor}`)),
		).toEqual(made.slice(2));
	});

	it("are asked for in words that are understood, or 422", async () => {
		for (const query of [
			"status=nothing",
			"limit=-1",
			"since=then",
			"since=2026-01-31%20(then)",
			"cursor=x",
			"user=%00",
			"collection=a%00",
		]) {
			const response = await ask(`/requests?${query}`);
			const [name] = query.split("=");
			expect([query, response.status]).toEqual([query, 422]);
			expect(await response.json()).toMatchObject({
				detail: [{ loc: ["query", name] }],
			});
		}
	});

	it("are only asked for: another method is refused in v1's words", async () => {
		const response = await fetch(`${world.url()}/telemetry/v1/requests`, {
			method: "POST",
			headers: basic("demo", "demo"),
		});
		expect(response.status).toBe(405);
		expect(response.headers.get("allow")).toBe("GET, HEAD");
		expect(await response.json()).toEqual({ detail: "Method Not Allowed" });
	});

	it("show no secrets of users, nor the keys of results", async () => {
		const other = {
			...basic("demo", "demo"),
			"content-type": "application/json",
		};
		const posted = await fetch(`${world.url()}/api/v1/requests/echo`, {
			method: "POST",
			headers: other,
			body: '{"verb": "retrieve", "request": "mine"}',
			redirect: "manual",
		});
		expect(posted.status).toBe(202);
		const [mine] = await found("/requests?limit=1");
		expect(mine?.user.attributes).toEqual({ country: "fr" });
		const text = await (await ask("/requests")).text();
		expect(text).not.toContain("0123456789abcdef");
		await callerOf(world.url()).ended(mine?.id ?? "");
		const { request } = await world.world().store.get({ id: mine?.id ?? "" });
		const key = request?.result?.key ?? "no key";
		expect(key.length).toBeGreaterThan(20);
		const traced = await ask(`/requests?id=${mine?.id}&includetrace=true`);
		expect(await traced.text()).not.toContain(key);
	});

	it("tell their trace: the life from the row, and what came in", async () => {
		const trace = randomBytes(16).toString("hex");
		const client = randomBytes(8).toString("hex");
		const demo = callerOf(world.url());
		const id = await demo.submit("echo", "traced", {
			traceparent: `00-${trace}-${client}-01`,
		});
		await demo.ended(id);
		const [one] = await found(`/requests?id=${id}&includetrace=true`);
		expect(one).toMatchObject({
			trace: ["waiting", "queued", "processing", "processed"].map((status) => ({
				type: "request_status_change",
				request_id: id,
				status,
			})),
			spans: { trace_id: trace },
		});
		const { spans } = z
			.looseObject({
				spans: z.object({
					incomplete: z.boolean(),
					items: z.array(z.looseObject({ name: z.string() })),
				}),
			})
			.parse(one);
		expect(spans.items.map(({ name }) => name)).toEqual(
			expect.arrayContaining(["request", "waiting", "queued", "attempt"]),
		);
	});

	it("are complete without inner spans where none were wanted", async () => {
		const demo = callerOf(world.url());
		const id = await demo.submit("echo", "not sampled", {
			traceparent: `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-00`,
		});
		await demo.ended(id);
		const [one] = await found(`/requests?id=${id}&includetrace=true`);
		expect(one).toMatchObject({ spans: { incomplete: false } });
	});
});

describe("usage", () => {
	it("follows what ended, in every form", async () => {
		const before = await found("/requests?status=processed&limit=0");
		const demo = callerOf(world.url());
		await demo.ended(await demo.submit("dummy", "5"));
		await until("it is counted", async () => {
			const text = await (await ask("/application-metrics?window=1h")).text();
			return /polytope_requests_total\{status="processed",collection="dummy",datasource="dummy",realm="demo"\} 1\n/.test(
				text,
			);
		});
		const text = await (await ask("/application-metrics?window=1h")).text();
		expect(text).toMatch(
			/polytope_request_duration_seconds_bucket\{status="processed",collection="dummy",datasource="dummy",realm="demo",le="\+Inf"\} 1\n/,
		);
		expect(text).toContain('polytope_unique_users{window="5m"} 1');
		const counters = await ask("/application-metrics?sections=counters");
		expect(await counters.text()).not.toContain("_bucket");

		const json = await (await ask("/metrics?format=json")).json();
		expect(json).toMatchObject({
			unique_users: 1,
			time_frames: { last_1h: { unique_users: 1 } },
		});
		const plain = await ask("/metrics");
		expect(plain.headers.get("content-type")).toContain("version=0.0.4");
		expect(await plain.text()).toContain("polytope_requests_last_1h ");
		const told = summary.parse(await (await ask("/summary")).json());
		expect(told.last_1h.requests).toBeGreaterThan(before.length);
		expect(await (await ask("/workers")).json()).toMatchObject([{ busy: 0 }]);
		expect(await (await ask("/queue")).json()).toMatchObject({ waiting: 0 });
		expect(await (await ask("/collections")).json()).toEqual(
			expect.arrayContaining([
				expect.objectContaining({
					name: "dummy",
					datasources: ["dummy"],
					last_24h: expect.objectContaining({ processed: 1 }),
				}),
			]),
		);
	});

	it("is described", async () => {
		const { paths } = z
			.looseObject({ paths: z.record(z.string(), z.unknown()) })
			.parse(await (await fetch(`${world.url()}/openapi.json`)).json());
		const listed = z.array(z.string()).parse(await (await ask("/")).json());
		for (const path of listed)
			expect(Object.keys(paths)).toContain(`/telemetry/v1/${path}`);
	});
});

describe("telemetry in a process of its own", () => {
	it("has a door, takes OTLP there, and sends it on", async () => {
		const http = { ...world.config.http, port: 0 };
		await using split = await openTestWorld({
			split: true,
			config: CONFIG(peer.grpc),
		});
		await using database = await testDatabase();
		const telemetry = {
			...split.config.telemetry,
			store: database.url,
			open_health: true,
		};
		await using apart = await split.replica(new Set(["telemetry"]), {
			http,
			telemetry,
		});
		const before = peer.receiver.counts.spans;
		const span = {
			traceId: randomBytes(16).toString("hex"),
			spanId: randomBytes(8).toString("hex"),
			name: "s",
			startTimeUnixNano: `${Date.now()}000000`,
			endTimeUnixNano: `${Date.now()}000000`,
		};
		const resourceSpans = [{ scopeSpans: [{ spans: [span] }] }];
		const sent = await fetch(`${apart.url}/v1/traces`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ resourceSpans }),
		});
		expect(sent.status).toBe(200);
		await until("it was sent on", () => peer.receiver.counts.spans > before);
		const credentials = basic("demo", "demo");
		const answer = await ask("/summary", credentials, apart.url);
		// On a PostgreSQL of its own nothing else is in it.
		expect(await answer.json()).toMatchObject({
			receiver: { spans: 1, kept: 1 },
		});
		expect((await ask("/summary", {}, apart.url)).status).toBe(401);
		expect((await ask("/health", {}, apart.url)).status).toBe(200);
		const described = await fetch(`${apart.url}/openapi.json`);
		expect(JSON.stringify(await described.json())).toContain(
			"/telemetry/v1/queue",
		);
		expect((await fetch(`${apart.url}/api/v1/test`)).status).toBe(404);
	});
});
