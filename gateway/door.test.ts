import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BrokerService } from "../gen/polytope/broker/v1/broker_pb.js";
import { IdentityService } from "../gen/polytope/identity/v1/identity_pb.js";
import { StagingService } from "../gen/polytope/staging/v1/staging_pb.js";
import { StoreService } from "../gen/polytope/store/v1/store_pb.js";
import { WorkerService } from "../gen/polytope/worker/v1/worker_pb.js";
import { resolveCollection } from "../services/collections/collection.ts";
import { openIdentity } from "../services/identity/identity.ts";
import { identityService } from "../services/identity/service.ts";
import { openMemoryCache } from "../services/platform/cache/memory.ts";
import { systemClock } from "../services/platform/clock.ts";
import { loadConfig } from "../services/platform/config/load.ts";
import { openLog } from "../services/platform/log.ts";
import { openFar } from "../services/platform/rpc/far.ts";
import { link } from "../services/platform/rpc/link.ts";
import { openDisk } from "../services/staging/disk.ts";
import { stagingService } from "../services/staging/service.ts";
import { openChanges } from "../services/store/changes.ts";
import { openDatabase } from "../services/store/database.ts";
import { storeRoutes } from "../services/store/service.ts";
import { testDatabase } from "../test/kit/postgres.ts";
import { openGateway } from "./server.ts";

const KEY = { authorization: "Bearer demo-key" };
const JSON_TYPE = { ...KEY, "content-type": "application/json" };

let url = "";
let store: Client<typeof StoreService>;
let staging: Client<typeof StagingService>;
const closing = new AsyncDisposableStack();

/** The door with its real neighbours: identity, store and staging; a worker's moves are made by the tests. */
beforeAll(async () => {
	const { config } = loadConfig({ files: [], env: {} });
	const database = closing.use(await testDatabase());
	const db = await openDatabase(database.connection);
	closing.defer(() => db.destroy());
	const folder = await mkdtemp(join(tmpdir(), "gateway-"));
	closing.defer(() => rm(folder, { recursive: true, force: true }));
	const objects = await openDisk({ folder, fsync: false });
	const identity = openIdentity(
		config.authentication,
		systemClock,
		openMemoryCache(systemClock),
	);
	store = link(StoreService, {
		routes: storeRoutes({
			db,
			changes: openChanges(),
			clock: systemClock,
			log: openLog("silent"),
		}),
	});
	staging = link(StagingService, {
		routes: (router) =>
			router.service(StagingService, stagingService({ objects, maxBytes: 0 })),
	});
	const app = await openGateway({
		store,
		staging,
		identity: link(IdentityService, {
			routes: (router) =>
				router.service(IdentityService, identityService(identity)),
		}),
		broker: link(BrokerService, openFar({ urls: ["http://127.0.0.1:1"] })),
		worker: link(WorkerService, openFar({ urls: ["http://127.0.0.1:1"] })),
		collections: new Map(
			Object.entries(config.collections).map(([name, settings]) => [
				name,
				resolveCollection(name, settings, config.datasources, config.sample),
			]),
		),
		cache: openMemoryCache(systemClock),
		download: async (_request, response, name) => {
			response.end(name);
		},
		options: {
			trustedProxies: [],
			limits: config.http.limits,
			archive: config.archive,
			rejectStatus: 403,
			version: "1",
		},
		log: openLog("silent"),
		clock: systemClock,
	});
	closing.defer(() => app.close());
	await app.listen({ host: "127.0.0.1", port: 0 });
	url = app.listeningOrigin;
});
afterAll(() => closing.disposeAsync());

const ask = (method: string, path: string, init: RequestInit = {}) =>
	fetch(url + path, { method, headers: KEY, redirect: "manual", ...init });

const post = (
	request: unknown,
	headers: Record<string, string> = {},
	collection = "echo",
) =>
	ask("POST", `/api/v1/requests/${collection}`, {
		headers: { ...JSON_TYPE, ...headers },
		body: JSON.stringify({ verb: "retrieve", request }),
	});

const message = async (response: Response): Promise<string> => {
	const body: unknown = await response.json();
	if (
		typeof body !== "object" ||
		body === null ||
		!("message" in body) ||
		typeof body.message !== "string"
	)
		throw new Error(`no message in ${JSON.stringify(body)}`);
	return body.message;
};

async function submitted(request: unknown = "hello"): Promise<string> {
	const response = await post(request);
	expect(response.status).toBe(202);
	return response.headers.get("location")?.split("/").at(-1) ?? "";
}

async function claimed(id: string): Promise<void> {
	const { request } = await store.get({ id });
	if (request?.user === undefined) throw new Error("no user");
	const { collection, user } = request;
	await store.admit({
		admissions: [{ collection, userId: user.id, count: 1000 }],
	});
	const { claimed } = await store.claim({
		workerId: "w",
		attempts: [{ requestId: id, attempt: 1 }],
		lease: { seconds: 60n, nanos: 0 },
	});
	expect(claimed).toHaveLength(1);
	keys.set(id, claimed[0]?.stagingKey ?? "");
}

/** Where the attempts that were claimed leave their results. */
const keys = new Map<string, string>();

const RESULT = {
	mediaType: "application/x-grib",
	length: 12n,
	sha256: "a".repeat(64),
	md5: "b".repeat(32),
};
async function processed(id: string): Promise<string> {
	const { request } = await store.get({ id });
	const key = keys.get(id) ?? "";
	expect(request?.id).toBe(id);
	const { mediaType } = RESULT;
	const data = Buffer.from("twelve bytes");
	await staging.put({ key, mediaType, fileName: `${id}.grib`, data });
	await store.settle({
		settlements: [
			{
				attempt: { requestId: id, attempt: 1 },
				outcome: { case: "processed", value: { key, ...RESULT } },
				userMessage: "Success",
			},
		],
	});
	return key;
}
const failed = (id: string, reason: string) =>
	store.settle({
		settlements: [
			{
				attempt: { requestId: id, attempt: 1 },
				outcome: { case: "failed", value: reason },
				userMessage: reason,
			},
		],
	});

describe("a submission", () => {
	test("is 202 with an absolute polling URL", async () => {
		const response = await post("hello");
		expect(response.status).toBe(202);
		expect(response.headers.get("location")).toMatch(
			new RegExp(`^${url}/api/v1/requests/[0-9a-f-]{36}$`),
		);
		expect(response.headers.get("retry-after")).toBe("5");
		expect(response.headers.get("content-type")).toBe("application/json");
		expect(await response.json()).toEqual({
			message: "Request queued",
			status: "queued",
		});
	});

	test("sent again with its key is the same request; another with that key is refused", async () => {
		const again = { "idempotency-key": "one" };
		const [first, second] = [
			await post("same", again),
			await post("same", again),
		];
		expect(second.status).toBe(202);
		expect(second.headers.get("location")).toBe(first.headers.get("location"));
		expect((await post("other", again)).status).toBe(422);
	});

	test("is refused with every reason", async () => {
		const response = await post(
			{ class: "od", date: "nonsense", step: "-1" },
			{},
			"sample",
		);
		expect(response.status).toBe(400);
		expect(await message(response)).toMatch(
			/Errors in request:[\s\S]*date[\s\S]*step/,
		);
	});

	test.each([
		["nowhere", {}, 404, "Unsupported collection type: nowhere"],
		["echo", { "content-type": "text/plain" }, 400, "Request must be JSON"],
		["echo", { authorization: "Bearer wrong" }, 401, "Invalid credentials"],
		[
			"echo",
			{ "idempotency-key": "x".repeat(256) },
			400,
			"'Idempotency-Key' must be",
		],
	])("to %s with %j is %d", async (collection, headers, status, text) => {
		const response = await post("hello", headers, collection);
		expect(response.status).toBe(status);
		expect(response.headers.has("www-authenticate")).toBe(status === 401);
		expect(await message(response)).toContain(text);
	});

	test.each([
		["", /Skipping datasource echo: it does not take data\./],
		["https://example.org/x", /fetches no data from URLs/],
		[7, /'url' must be text/],
	])(
		"of an archive with the URL %j that is not to be is a 400",
		async (archiveUrl, text) => {
			const response = await ask("POST", "/api/v1/requests/echo", {
				headers: JSON_TYPE,
				body: JSON.stringify({ verb: "archive", request: {}, url: archiveUrl }),
			});
			expect(response.status).toBe(400);
			expect(await message(response)).toMatch(text);
		},
	);

	test("carries the trace and the forms of the request into the store", async () => {
		const traceparent =
			"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
		const response = await post({ size: "10MB" }, { traceparent }, "dummy");
		const id = response.headers.get("location")?.split("/").at(-1) ?? "";
		const { request } = await store.get({ id });
		expect(request).toMatchObject({
			traceparent,
			posted: '{"size":"10MB"}',
			postedJson: true,
			verb: "retrieve",
		});
		expect(JSON.parse(request?.coerced ?? "")).toEqual({ size: "10MB" });
		expect(request?.datasource).toBe("dummy");
	});
});

describe("a poll", () => {
	test("follows the life of a request", async () => {
		const id = await submitted();
		const path = `/api/v1/requests/${id}`;
		const queued = await ask("GET", path);
		expect([queued.status, await queued.json()]).toEqual([
			202,
			{ message: "Request queued", status: "queued" },
		]);
		await claimed(id);
		const running = await ask("GET", path);
		expect(await running.json()).toEqual({
			message: "Processing...",
			status: "processing",
		});
		await processed(id);
		for (const same of [path, `/api/v1/downloads/${id}`, `/${path}/`]) {
			const done = await ask("GET", same);
			expect(done.status).toBe(303);
			const location = done.headers.get("location") ?? "";
			expect(location).toMatch(
				new RegExp(`^${url}/api/v1/downloads/[\\w-]+\\.grib$`),
			);
			expect(await done.json()).toEqual({
				contentLength: 12,
				contentType: "application/x-grib",
				location,
			});
			expect(await (await fetch(location)).text()).toMatch(/^[\w-]+\.grib$/);
		}
	});

	test("whose result is gone is 410, and says so", async () => {
		const id = await submitted();
		await claimed(id);
		const key = await processed(id);
		await staging.delete({ keys: [key] });
		for (const path of ["requests", "downloads"]) {
			const response = await ask("GET", `/api/v1/${path}/${id}`);
			expect(response.status).toBe(410);
			expect(await message(response)).toBe(
				`The result of request ${id} was removed`,
			);
		}
	});

	test("of a failed request is 400 with the reason", async () => {
		const id = await submitted();
		await claimed(id);
		await failed(id, "no such field");
		const response = await ask("GET", `/api/v1/requests/${id}`);
		expect(response.status).toBe(400);
		expect(await message(response)).toBe(
			"Request failed with error:\nno such field",
		);
	});

	test.each([
		"00000000-0000-7000-8000-000000000000",
		"nonsense",
		"a/b",
		"%00",
		"..%2f",
	])("of %s is 404", async (id) => {
		expect((await ask("GET", `/api/v1/requests/${id}`)).status).toBe(404);
	});

	test("without credentials is 401", async () => {
		const response = await ask("GET", `/api/v1/requests/${await submitted()}`, {
			headers: {},
		});
		expect(response.status).toBe(401);
	});

	test("that waits is answered when the request ends", async () => {
		const id = await submitted();
		await claimed(id);
		const waiting = ask("GET", `/api/v1/requests/${id}`, {
			headers: { ...KEY, prefer: "wait=30" },
		});
		await processed(id);
		const response = await waiting;
		expect(response.status).toBe(303);
		expect(response.headers.get("preference-applied")).toBe("wait");
	});

	test("that waits is answered when its time is up", async () => {
		const id = await submitted();
		const response = await ask("GET", `/api/v1/requests/${id}?wait=0.05`);
		expect(response.status).toBe(202);
	});
});

describe("revoking", () => {
	test("a request that never ran removes it", async () => {
		const id = await submitted();
		const response = await ask("DELETE", `/api/v1/requests/${id}`);
		expect([response.status, await response.json()]).toEqual([
			200,
			{ message: "Successfully revoked 1 requests" },
		]);
		expect((await ask("GET", `/api/v1/requests/${id}`)).status).toBe(404);
		expect((await ask("DELETE", `/api/v1/requests/${id}`)).status).toBe(404);
		expect(await (await ask("GET", "/api/v1/requests")).text()).not.toContain(
			id,
		);
	});

	test("a running one, by its whole URL, leaves it listed as cancelled", async () => {
		const id = await submitted();
		await claimed(id);
		expect(
			(await ask("DELETE", `/api/v1/requests/${url}/api/v1/requests/${id}`))
				.status,
		).toBe(200);
		const poll = await ask("GET", `/api/v1/requests/${id}`);
		expect(poll.status).toBe(400);
		expect(await message(poll)).toMatch(/cancelled/i);
		expect(await (await ask("GET", "/api/v1/requests")).text()).toContain(id);
	});

	test("a finished one is refused", async () => {
		const id = await submitted();
		await claimed(id);
		await processed(id);
		const response = await ask("DELETE", `/api/v1/requests/${id}`);
		expect(response.status).toBe(403);
		expect(await message(response)).toMatch(/can no longer be revoked/);
	});

	test.each(["all", "ALL"])(
		"%s counts those that had not begun",
		async (word) => {
			await ask("DELETE", "/api/v1/requests/all");
			await submitted();
			await submitted();
			expect(
				await message(await ask("DELETE", `/api/v1/requests/${word}`)),
			).toBe("Successfully revoked 2 requests");
		},
	);

	test("a collection is refused, another's id is not found", async () => {
		expect((await ask("DELETE", "/api/v1/requests/echo")).status).toBe(400);
		expect(
			(
				await ask(
					"DELETE",
					"/api/v1/requests/00000000-0000-7000-8000-000000000000",
				)
			).status,
		).toBe(404);
	});
});

describe("lists", () => {
	test("collections", async () => {
		expect(await (await ask("GET", "/api/v1/collections")).json()).toEqual({
			message: expect.arrayContaining(["sample", "echo", "dummy", "raise"]),
		});
	});

	test("the user, all of it text", async () => {
		const body: unknown = await (await ask("GET", "/api/v1/user")).json();
		expect(body).toMatchObject({
			"live requests": expect.stringMatching(/^\d+$/),
			username: "demo",
		});
		expect(
			Object.values(body ?? {}).every((value) => typeof value === "string"),
		).toBe(true);
	});

	test("more requests than a page arrive in one answer, or page by page", async () => {
		const [head] = [await submitted("first")];
		const { request } = await store.get({ id: head });
		if (request?.user === undefined) throw new Error("no user");
		const { user } = request;
		for (let made = 0; made < 600; made += 60)
			await Promise.all(
				Array.from({ length: 60 }, () =>
					store.create({
						user,
						collection: "dummy",
						verb: "retrieve",
						posted: "1",
						coerced: '{"data":"1"}',
						datasource: "dummy",
					}),
				),
			);
		const response = await ask("GET", "/api/v1/requests/dummy");
		const { message } = (await response.json()) as {
			message: { id: string; collection: string }[];
		};
		expect(message.length).toBeGreaterThanOrEqual(600);
		expect(new Set(message.map(({ collection }) => collection))).toEqual(
			new Set(["dummy"]),
		);
		const ids: string[] = [];
		for (let next = `${url}/api/v1/requests/dummy?limit=250`; next !== ""; ) {
			const page = await fetch(next, { headers: KEY });
			ids.push(
				...((await page.json()) as { message: { id: string }[] }).message.map(
					({ id }) => id,
				),
			);
			next =
				/<(.*)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1] ?? "";
		}
		expect(ids).toEqual(message.map(({ id }) => id));
	});
});
