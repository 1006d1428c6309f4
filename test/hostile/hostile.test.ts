import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Product, startProduct } from "../kit/product.ts";
import { BAD_ASKS } from "./addresses.ts";
import { BAD_DOCUMENTS } from "./documents.ts";
import { BAD_BYTES } from "./raw.ts";
import { BAD_BODIES, BAD_CREDENTIALS, BAD_TYPES } from "./submissions.ts";
import { type Answer, answersIn, ask, speak } from "./wire.ts";

/** Bytes of memory beyond what the server had before; all of the table fits in far less. */
const ROOM = 400 * 2 ** 20;
const KEY = { authorization: "Bearer demo-key" };
const JSON_TYPE = { ...KEY, "content-type": "application/json" };

let product: Product;
let before = 0;

beforeAll(async () => {
	product = await startProduct({
		config: [join(import.meta.dirname, "hostile.yaml")],
	});
	await alive();
	before = memory();
});
afterAll(() => product[Symbol.asyncDispose]());
afterEach(alive);

async function alive(): Promise<void> {
	expect((await ask(product.url, { path: "/api/v1/test" })).status).toBe(200);
}

/** Bytes that the process holds in memory. */
function memory(): number {
	const status = readFileSync(`/proc/${product.pid}/status`, "utf8");
	return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

/** A 4xx whose body is one message, which is text. */
function expectRefusal(answer: Answer | undefined): void {
	expect(answer).toMatchObject({
		type: "application/json",
		status: expect.toSatisfy((n) => n >= 400 && n < 500),
	});
	expect(JSON.parse(answer?.body ?? "")).toEqual({
		message: expect.stringMatching(/\S/),
	});
	// polytope-client sleeps two minutes on these, ten times over.
	expect([408, 429]).not.toContain(answer?.status);
}

const submit = (
	body: string | Buffer,
	headers: Record<string, string> = JSON_TYPE,
	collection = "echo",
) =>
	ask(product.url, {
		method: "POST",
		path: `/api/v1/requests/${collection}`,
		headers,
		body,
	});

test("the table has its two hundred", () => {
	const all = [
		BAD_DOCUMENTS,
		BAD_BODIES,
		BAD_TYPES,
		BAD_CREDENTIALS,
		BAD_ASKS,
		BAD_BYTES,
	];
	expect(
		all.reduce((sum, { length }) => sum + length, 0),
	).toBeGreaterThanOrEqual(200);
});

describe("a document is refused", () => {
	test.each(BAD_DOCUMENTS)(
		"$name",
		async ({ request, collection = "sample" }) => {
			const answer = await submit(
				JSON.stringify({ verb: "retrieve", request }),
				JSON_TYPE,
				collection,
			);
			expectRefusal(answer);
			expect(answer.status).toBe(400);
		},
	);
});

describe("a body is refused", () => {
	test.each(BAD_BODIES)("%s", async (_, body) => {
		expectRefusal(await submit(body));
	});
	test.each(BAD_TYPES)("of type '%s'", async (type) => {
		expectRefusal(
			await submit('{"verb": "retrieve", "request": "x"}', {
				...KEY,
				"content-type": type,
			}),
		);
	});
});

describe("a caller is refused", () => {
	test.each(BAD_CREDENTIALS)("with '%s'", async (authorization) => {
		const answer = await ask(product.url, {
			path: "/api/v1/user",
			headers: { authorization },
		});
		expectRefusal(answer);
		expect(answer.status).toBe(401);
		expect(answer.body).not.toMatch(/expired/i);
	});
	test.each([
		"/api/v1/user",
		"/api/v1/collections",
		"/api/v1/requests",
		"/api/v1/requests/echo",
		"/api/v1/requests/x",
	])("without credentials at %s", async (path) => {
		const answer = await ask(product.url, { path });
		expectRefusal(answer);
		expect(answer.status).toBe(401);
	});
	test("at a collection that is not theirs", async () => {
		const answer = await submit(
			'{"verb": "retrieve", "request": "x"}',
			JSON_TYPE,
			"closed",
		);
		expectRefusal(answer);
		expect(answer.status).toBe(403);
	});
});

describe("another's request is as if it were not", () => {
	test.each([
		["GET", "requests"],
		["DELETE", "requests"],
		["GET", "downloads"],
		["GET", "uploads"],
	])("%s /%s/<id>", async (method, room) => {
		const made = await fetch(`${product.url}/api/v1/requests/echo`, {
			method: "POST",
			headers: JSON_TYPE,
			body: '{"verb": "retrieve", "request": "mine"}',
		});
		expect(made.status).toBe(202);
		const id = made.headers.get("location")?.split("/").at(-1);
		const answer = await ask(product.url, {
			method,
			path: `/api/v1/${room}/${id}`,
			headers: { authorization: "Bearer other-key" },
		});
		expectRefusal(answer);
		expect(answer.status).toBe(404);
	});
});

describe("an address is refused", () => {
	test.each(
		BAD_ASKS.map(
			(bad) =>
				[
					bad.name ?? `${bad.method ?? "GET"} ${bad.path.slice(0, 80)}`,
					bad,
				] as const,
		),
	)("%s", async (_, bad) => {
		expectRefusal(
			await ask(product.url, { ...bad, headers: { ...KEY, ...bad.headers } }),
		);
	});
});

describe("bytes are refused", () => {
	// Each has a connection of its own, and some wait until their time is over.
	test.concurrent.each(BAD_BYTES)("$name", async ({ pieces, half }) => {
		const answers = answersIn(await speak(product.url, pieces, half));
		// One answer and no more: nothing behind it was taken for a request of its own.
		expect(answers).toHaveLength(1);
		expectRefusal(answers[0]);
	});
});

test("a hundred connections that say nothing hold up nobody", async () => {
	const idle = Array.from({ length: 100 }, () =>
		speak(product.url, ["GET / HT"]),
	);
	await alive();
	for (const heard of await Promise.all(idle))
		expect(answersIn(heard).map(({ status }) => status)).toEqual([400]);
});

test("after all this its memory is bounded", () => {
	expect(memory() - before).toBeLessThan(ROOM);
	expect(product.output()).not.toMatch(/met a bug/);
});
