import { connect } from "node:net";
import { text } from "node:stream/consumers";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { BrokerService } from "../gen/polytope/broker/v1/broker_pb.js";
import { IdentityService } from "../gen/polytope/identity/v1/identity_pb.js";
import { StagingService } from "../gen/polytope/staging/v1/staging_pb.js";
import { StoreService } from "../gen/polytope/store/v1/store_pb.js";
import { WorkerService } from "../gen/polytope/worker/v1/worker_pb.js";
import { openMemoryCache } from "../services/platform/cache/memory.ts";
import { systemClock } from "../services/platform/clock.ts";
import { loadConfig } from "../services/platform/config/load.ts";
import { openLog } from "../services/platform/log.ts";
import { openFar } from "../services/platform/rpc/far.ts";
import { link } from "../services/platform/rpc/link.ts";
import { openGateway } from "./server.ts";

/** A door behind which nobody is at home: what it answers by itself, and what it says when services are away. */
const AWAY = openFar({ urls: ["http://127.0.0.1:1"], patienceMs: 0 });
const { config } = loadConfig({ files: [], env: {} });
const limits = {
	...config.http.limits,
	body: 1000,
	headers: 8192,
	url: 500,
	header_timeout: 400,
	request_timeout: 800,
	keep_alive_timeout: 1000,
	wait: 1000,
};
let app: FastifyInstance;
let port = 0;

beforeAll(async () => {
	app = await openGateway({
		store: link(StoreService, AWAY),
		staging: link(StagingService, AWAY),
		identity: link(IdentityService, AWAY),
		broker: link(BrokerService, AWAY),
		worker: link(WorkerService, AWAY),
		collections: new Map(),
		cache: openMemoryCache(systemClock),
		download: async (_request, response) => {
			response.end();
		},
		options: {
			trustedProxies: [],
			limits,
			archive: config.archive,
			rejectStatus: 403,
			version: "1.2.3",
		},
		log: openLog("silent"),
		clock: systemClock,
	});
	await app.listen({ host: "127.0.0.1", port: 0 });
	const address = app.server.address();
	if (address === null || typeof address === "string")
		throw new Error("no port");
	port = address.port;
});
afterAll(() => app.close());

const get = (path: string, init: RequestInit = {}) =>
	fetch(`http://127.0.0.1:${port}${path}`, init);

async function raw(bytes: string): Promise<string> {
	const socket = connect(port, "127.0.0.1");
	socket.write(bytes);
	return await text(socket);
}

test.each([
	"/api/v1/test",
	"//api/v1/test",
	"/api/v1/test/",
	"/api//v1/./test",
])("%s is there", async (path) => {
	const response = await get(path);
	expect(response.status).toBe(200);
	expect(response.headers.get("content-type")).toBe("application/json");
	expect(response.headers.get("x-frame-options")).toBe("DENY");
	expect(await response.json()).toEqual({
		message: "Polytope server is alive",
	});
});

test("HEAD is GET without the body", async () => {
	const response = await get("/api/v1/test", { method: "HEAD" });
	expect(response.status).toBe(200);
	expect(response.headers.get("content-length")).toBe("38");
});

test("the OpenAPI document names every route", async () => {
	const document: unknown = await (await get("/openapi.json")).json();
	const { openapi, info, paths } = z
		.object({
			openapi: z.string(),
			info: z.object({ version: z.string() }),
			paths: z.record(z.string(), z.unknown()),
		})
		.parse(document);
	expect(openapi).toBe("3.1.0");
	expect(info.version).toBe("1.2.3");
	expect(Object.keys(paths)).toEqual([
		"/api/v1/test",
		"/api/v1/user",
		"/api/v1/collections",
		"/api/v1/requests",
		"/api/v1/requests/{collection}",
		"/api/v1/requests/{id}",
		"/api/v1/requests/{id}/events",
		"/api/v1/downloads/{name}",
		"/api/v1/uploads/{id}",
		"/openapi.json",
		"/api/v1/openapi",
	]);
});

test.each(["/", "/openapi"])("%s is a page", async (path) => {
	const response = await get(path);
	expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
	expect(await response.text()).toContain("polytope-server");
});

describe("refusals are one message each", () => {
	test.each([
		["/nothing", {}, 404],
		["/api/v1/test", { method: "POST" }, 405],
		["/api/v1/requests/x", { method: "PUT", body: "x" }, 405],
		["/api/v1/%zz", {}, 400],
		[`/${"x".repeat(600)}`, {}, 414],
		["/api/v1/downloads/..%2f..%2fetc%2fpasswd", {}, 404],
		["/api/v1/requests/x", { method: "POST", body: "a=1" }, 400],
	])("%s", async (path, init, status) => {
		const response = await get(path, init);
		expect(response.status).toBe(status);
		expect(response.headers.get("cache-control")).toBe("no-cache, no-store");
		const body: unknown = await response.json();
		expect(body).toEqual({ message: expect.any(String) });
	});

	test("405 says what is allowed", async () => {
		expect(
			(await get("/api/v1/test", { method: "DELETE" })).headers.get("allow"),
		).toBe("GET, HEAD");
	});

	test.each([
		["nonsense\r\n\r\n", 400],
		["GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
		["GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", 400],
		["GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 400],
		[`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(9000)}\r\n\r\n`, 431],
		["CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405],
		[
			"TRACE /api/v1/test HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
			405,
		],
		[
			"GET / HTTP/1.1\r\nHost: a\r\nExpect: 1\r\nConnection: close\r\n\r\n",
			417,
		],
		[
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			400,
		],
		["GET /api/v1/test HTTP/1.1\r\nHost: a\r\nslow", 400],
	])("%j", async (bytes, status) => {
		const answer = await raw(bytes);
		expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
		expect(answer).toMatch(/content-type: application\/json\r\n/i);
		expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toEqual({
			message: expect.any(String),
		});
	});
});

test("services that are away are a 503 that asks to come again", async () => {
	const response = await get("/api/v1/user");
	expect(response.status).toBe(503);
	expect(response.headers.get("retry-after")).toBe("5");
});
