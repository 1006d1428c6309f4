import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Product, startProduct } from "../kit/product.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { until } from "../kit/until.ts";
import {
	BAD_CHECKSUMS,
	BAD_DATA,
	BAD_IDS,
	BAD_URLS,
	DATA,
	md5,
	REQUEST,
} from "./uploads.ts";
import { type Answer, answersIn, ask, speak } from "./wire.ts";

const KEY = { authorization: "Bearer demo-key" };
const GOOD = { ...KEY, "x-checksum": md5(DATA) };

let folder: TemporaryFolder;
let product: Product;
beforeAll(async () => {
	folder = await temporaryFolder("hostile");
	const config = join(folder.path, "config.yaml");
	await writeFile(
		config,
		`
http: {limits: {body: 1MiB, header_timeout: 1s, request_timeout: 1s}}
archive: {size: 1MB, timeout: 2s, fetch: {schemes: [http], hosts: ["*", "*:*"]}}
datasources: {fields: {type: grib, archive: archive}}
collections: {fields: {datasources: [fields]}}
`,
	);
	product = await startProduct({
		config: [join(import.meta.dirname, "hostile.yaml"), config],
	});
});
afterAll(async () => {
	await product[Symbol.asyncDispose]();
	await folder[Symbol.asyncDispose]();
});
afterEach(async () => {
	const { status } = await ask(product.url, { path: "/api/v1/test" });
	expect(status).toBe(200);
});

function expectRefusal(answer: Answer | undefined, status?: number): void {
	expect(answer?.type).toBe("application/json");
	expect(JSON.parse(answer?.body ?? "")).toEqual({
		message: expect.stringMatching(/\S/),
	});
	expect([400, 401, 403, 404, 405, 409, 413]).toContain(answer?.status);
	if (status !== undefined) expect(answer?.status).toBe(status);
}

const offer = (url: unknown = "", request: object = REQUEST) =>
	ask(product.url, {
		method: "POST",
		path: "/api/v1/requests/fields",
		headers: { ...KEY, "content-type": "application/json" },
		body: JSON.stringify({ verb: "archive", request, url }),
	});

const listing = z.object({
	message: z.array(z.object({ id: z.string() })),
});

/** The id of the newest request. */
async function offered(url = ""): Promise<string> {
	expect((await offer(url)).status).toBe(202);
	const { body } = await ask(product.url, {
		path: "/api/v1/requests",
		headers: KEY,
	});
	return listing.parse(JSON.parse(body)).message.at(-1)?.id ?? "";
}

const upload = (
	id: string,
	body: Buffer = DATA,
	headers: Readonly<Record<string, string | readonly string[]>> = GOOD,
) =>
	ask(product.url, {
		method: "POST",
		path: `/api/v1/uploads/${id}`,
		headers,
		body,
	});

const poll = (id: string, room = "uploads", wait = 5) =>
	ask(product.url, {
		path: `/api/v1/${room}/${id}?wait=${wait}`,
		headers: KEY,
	});

const statusOf = async (id: string): Promise<string> =>
	z
		.object({ status: z.string() })
		.parse(JSON.parse((await poll(id, "uploads", 0)).body)).status;

describe("an upload is refused", () => {
	test.each(BAD_CHECKSUMS)("with %s for a checksum", async (_, headers) => {
		const id = await offered();
		const answer = await upload(id, DATA, { ...KEY, ...headers });
		expectRefusal(answer, 400);
		expect(await statusOf(id)).toBe("uploading");
	});

	test.each(BAD_IDS)("under the id '%s'", async (id) => {
		expectRefusal(await upload(id));
	});

	test.each(["PUT", "PATCH", "DELETE"])("by %s", async (method) => {
		const path = `/api/v1/uploads/${await offered()}`;
		const headers = { ...GOOD, "content-length": `${DATA.length}` };
		const sent = { method, path, headers, body: DATA };
		expectRefusal(await ask(product.url, sent), 405);
	});

	test("without credentials, with wrong ones, and with another's", async () => {
		const id = await offered();
		const { "x-checksum": checksum } = GOOD;
		for (const [authorization, status] of [
			[undefined, 401],
			["Bearer nobody", 401],
			["Bearer other-key", 404],
		] as const)
			expectRefusal(
				await upload(id, DATA, {
					"x-checksum": checksum,
					...(authorization && { authorization }),
				}),
				status,
			);
		expect(await statusOf(id)).toBe("uploading");
	});

	test("when it is empty or too large, in whatever way it says so", async () => {
		const id = await offered();
		const empty = { ...KEY, "x-checksum": md5(Buffer.alloc(0)) };
		expectRefusal(await upload(id, Buffer.alloc(0), empty), 400);
		const large = Buffer.alloc(1_000_001);
		const headers = { ...KEY, "x-checksum": md5(large) };
		expectRefusal(await upload(id, large, headers), 413);
		const chunked = { ...headers, "transfer-encoding": "chunked" };
		expectRefusal(await upload(id, large, chunked), 413);
		const most = Buffer.alloc(1_000_000);
		const fits = { ...KEY, "x-checksum": md5(most) };
		expect((await upload(id, most, fits)).status).toBe(202);
	});

	test("for a request that was revoked, has failed, or has its data", async () => {
		const revoked = await offered();
		await ask(product.url, {
			method: "DELETE",
			path: `/api/v1/requests/${revoked}`,
			headers: KEY,
		});
		expectRefusal(await upload(revoked), 404);
		const done = await offered();
		expect((await upload(done)).status).toBe(202);
		expect((await upload(done)).status).toBe(202);
		const other = Buffer.concat([DATA, DATA]);
		const headers = { ...KEY, "x-checksum": md5(other) };
		expectRefusal(await upload(done, other, headers), 409);
		const failed = await offered();
		expect((await upload(failed, other, headers)).status).toBe(202);
		expectRefusal(await poll(failed), 400);
		expectRefusal(await upload(failed, other, headers), 400);
		expectRefusal(await upload(failed), 400);
	});
});

describe("a body that does not come to its end", () => {
	const head = (id: string, length: string): string =>
		`POST /api/v1/uploads/${id} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer demo-key\r\n` +
		`X-Checksum: ${md5(DATA)}\r\n${length}\r\n\r\n`;

	test.each([
		["is cut", `Content-Length: ${DATA.length}`, [DATA.subarray(0, 100)], true],
		["says less than it is", "Content-Length: 100", [DATA], false],
		[
			"is cut between chunks",
			"Transfer-Encoding: chunked",
			["5\r\nGRIB0\r\n"],
			true,
		],
		[
			"has a chunk that is none",
			"Transfer-Encoding: chunked",
			["zz\r\nGRIB"],
			false,
		],
		[
			"has two lengths",
			`Content-Length: ${DATA.length}\r\nTransfer-Encoding: chunked`,
			[DATA],
			false,
		],
	] as const)("and %s is refused", async (_, length, pieces, half) => {
		const id = await offered();
		const heard = await speak(product.url, [head(id, length), ...pieces], half);
		for (const answer of answersIn(heard)) expectRefusal(answer);
		expect(await statusOf(id)).toBe("uploading");
		expect((await upload(id)).status).toBe(202);
	});

	test("but drips is ended in time", async () => {
		const id = await offered();
		const drops = Array.from(DATA.subarray(0, 40), (byte) => [
			Buffer.from([byte]),
			100,
		]).flat();
		const heard = await speak(product.url, [
			head(id, `Content-Length: ${DATA.length}`),
			...drops,
		]);
		for (const answer of answersIn(heard)) expectRefusal(answer, 400);
		expect(await statusOf(id)).toBe("uploading");
	});

	test("holds up no other for the same request: the later one counts", async () => {
		const id = await offered();
		const stuck = speak(product.url, [
			head(id, `Content-Length: ${DATA.length}`),
			DATA.subarray(0, 100),
		]);
		await until("the first has begun", async () => {
			const { status } = await upload(id);
			return status === 202;
		});
		expect((await poll(id)).status).toBe(200);
		for (const answer of answersIn(await stuck)) expectRefusal(answer);
	});
});

describe("data is refused that is", () => {
	test.each(BAD_DATA)("%s", async (_, data) => {
		const id = await offered();
		const headers = { ...KEY, "x-checksum": md5(data) };
		expect((await upload(id, data, headers)).status).toBe(202);
		const ended = await until("the end", async () => {
			const polled = await poll(id);
			return polled.status !== 202 && polled;
		});
		expectRefusal(ended, 400);
		expect(ended.body).not.toMatch(/server's side/);
		expect(ended.body.length).toBeLessThan(5_000);
	});
});

describe("nothing is fetched from", () => {
	test.each(BAD_URLS.map((url) => [JSON.stringify(url).slice(0, 80), url]))(
		"%s",
		async (_, url) => {
			expectRefusal(await offer(url), 400);
		},
	);

	test("a name that leads to this machine", async () => {
		const { port } = new URL(product.url);
		const id = await offered(`http://localhost:${port}/api/v1/test`);
		const ended = await poll(id, "requests");
		expectRefusal(ended, 400);
		expect(ended.body).toMatch(/not a public one/);
	});
});

test("after all this nothing but whole, good files lies in the archive", async () => {
	const names = await readdir(join(folder.path, "archive"), {
		recursive: true,
	});
	expect(names.filter((name) => name.endsWith(".part"))).toEqual([]);
	expect(product.output()).not.toMatch(/met a bug|attempt failed for a reason/);
});
