import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { download } from "../kit/caller.ts";
import { FIELD, field } from "../kit/fields.ts";
import { type TemporaryFolder, temporaryFolder } from "../kit/temporary.ts";
import { INSTALL_TIMEOUT } from "../kit/tools.ts";
import { until } from "../kit/until.ts";
import type { TestWorld } from "../kit/world.ts";
import { openIn, WORLDS } from "../kit/worlds.ts";

const answer = z.object({ message: z.string(), status: z.string().optional() });

interface Said {
	readonly code: number;
	readonly message: string;
	readonly status?: string | undefined;
	readonly location: string;
}

async function said(response: Response): Promise<Said> {
	const body = answer.parse(await response.json());
	return {
		...body,
		code: response.status,
		location: response.headers.get("location") ?? "",
	};
}

const md5 = (data: Uint8Array): string =>
	createHash("md5").update(data).digest("hex");

/** Another machine, whose data is fetched. */
const elsewhere = createServer(({ url }, response) => {
	if (url === "/field") response.end(field({ step: 60 }));
	else if (url === "/away")
		response.writeHead(302, { location: "http://10.0.0.1/" }).end();
	else if (url === "/endless") response.write(field());
	else if (url === "/large") response.end(Buffer.alloc(3_000_000));
	else response.writeHead(404).end();
});

let own: TemporaryFolder;
let folder = "";
let port = 0;
beforeAll(async () => {
	own = await temporaryFolder("archive");
	folder = own.path;
	elsewhere.listen(0, "127.0.0.1");
	await once(elsewhere, "listening");
	const address = elsewhere.address();
	if (address === null || typeof address === "string") throw new Error("port");
	port = address.port;
});
afterAll(async () => {
	elsewhere.closeAllConnections();
	elsewhere.close();
	await own[Symbol.asyncDispose]();
});

describe.each(WORLDS)("archiving, %s", (where) => {
	let it: TestWorld;
	beforeAll(async () => {
		it = await openIn(
			where,
			`
archive:
  size: 2MB
  fetch: {schemes: [http], hosts: ["127.0.0.1:${port}", "localhost:${port}"], networks: [127.0.0.0/8, "::1/128"]}
datasources:
  fields: {type: grib, archive: "${join(folder, where)}", match: {class: od}}
  guarded: {parents: [fields], roles: {demo: [writer]}}
collections:
  fields: {datasources: [fields]}
  guarded: {datasources: [guarded]}
  both: {datasources: [echo, fields]}
`,
		);
	}, INSTALL_TIMEOUT);
	afterAll(() => it[Symbol.asyncDispose]());

	const call = (
		method: string,
		path: string,
		init: { body?: Uint8Array | string; headers?: Record<string, string> } = {},
		key = "demo-key",
	) =>
		fetch(path.startsWith("http") ? path : `${it.url()}/api/v1${path}`, {
			method,
			redirect: "manual",
			...(init.body !== undefined && { body: Buffer.from(init.body) }),
			headers: { authorization: `Bearer ${key}`, ...init.headers },
		}).then(said);

	const offer = (request: object, url = "", collection = "fields") =>
		call("POST", `/requests/${collection}`, {
			body: JSON.stringify({ verb: "archive", request, url }),
			headers: { "content-type": "application/json" },
		});

	const upload = (
		to: string,
		data: Uint8Array,
		{ checksum = md5(data), key = "demo-key" } = {},
	) =>
		call("POST", to, { body: data, headers: { "x-checksum": checksum } }, key);

	const ended = (location: string) =>
		until(location, async () => {
			const polled = await call("GET", `${location}?wait=5`);
			return polled.code !== 202 && polled;
		});

	const retrieved = async (request: object): Promise<Buffer> => {
		const id = await it.demo().submit("fields", request);
		const { code, message, location } = await it.demo().ended(id);
		expect(code, message).toBe(303);
		return download(location);
	};

	const staged = async (kind: "object" | "upload"): Promise<number> => {
		let count = 0;
		for await (const { entry } of it.world().staging.list({}))
			if (entry.case === kind) count += 1;
		return count;
	};

	const idOf = ({ location }: Said): string => location.split("/").at(-1) ?? "";

	test("what is uploaded can be retrieved at once, and its staged copy goes", async () => {
		const data = Buffer.concat([field(), field({ step: 6 }, 2)]);
		const request = { ...FIELD, step: "0/6" };
		const offered = await offer(request);
		expect(offered).toMatchObject({
			code: 202,
			status: "uploading",
			message: "Request uploading",
			location: expect.stringMatching(/^http.*\/api\/v1\/uploads\/[0-9a-f-]+$/),
		});
		expect((await call("GET", offered.location)).status).toBe("uploading");
		const sent = await upload(offered.location, data);
		expect(sent).toMatchObject({
			code: 202,
			status: "queued",
			location: offered.location,
		});
		expect(await ended(offered.location)).toMatchObject({
			code: 200,
			status: "processed",
			message: `Success: 2 fields, ${data.length} bytes archived`,
		});
		expect((await retrieved(request)).equals(data)).toBe(true);
		const record = await it.demo().record(idOf(offered));
		expect(record).toMatchObject({
			verb: "archive",
			status: "processed",
			url: "",
			content_length: data.length,
			md5: md5(data),
		});
		expect(Object.keys(record?.status_history ?? {})).toEqual([
			"uploading",
			"waiting",
			"queued",
			"processing",
			"processed",
		]);
		// Its one result is that of the retrieve.
		await until("the copy goes", async () => (await staged("object")) === 1);
	});

	test("sent again, because the answer was lost, it is taken as done; other data is not", async () => {
		const data = field({ step: 12 });
		const { location } = await offer({ ...FIELD, step: "12" });
		expect((await upload(location, data)).code).toBe(202);
		expect((await upload(location, data)).code).toBe(202);
		await ended(location);
		expect((await upload(location, data)).code).toBe(202);
		expect(await upload(location, field({ step: 12 }, 9))).toMatchObject({
			code: 409,
			message: expect.stringMatching(/Other data .* is processed/),
		});
	});

	test("sent again while the first is being taken in, it is taken as done", async () => {
		const data = field({ step: 30 });
		for (let round = 0; round < 5; round += 1) {
			const { location } = await offer({ ...FIELD, step: "30" });
			const sent = await Promise.all(
				Array.from({ length: 12 }, async (_, n) => {
					await pause(n);
					return upload(location, data);
				}),
			);
			expect(sent.map(({ code }) => code)).toEqual(sent.map(() => 202));
			expect((await ended(location)).status).toBe("processed");
		}
	});

	test.each<[string, object, () => Buffer, RegExp]>([
		[
			"another field",
			{ ...FIELD, step: "18" },
			() => field({ step: 24 }),
			/error:\nmessage at byte 0 has step=24, the request says step=18\nexpected 1 field, found 0: missing/,
		],
		[
			"a field less",
			{ ...FIELD, step: "18/24" },
			() => field({ step: 24 }),
			/expected 2 fields, found 1: missing step=18/,
		],
		["no field", FIELD, () => Buffer.from("x"), /holds no GRIB message/],
		[
			"a cut one",
			{ ...FIELD, step: "18" },
			() => field({ step: 18 }).subarray(0, 150),
			/cut: the message says/,
		],
	])("%s than was said is not archived", async (_, request, data, why) => {
		const { location } = await offer(request);
		expect((await upload(location, data())).code).toBe(202);
		expect(await ended(location)).toMatchObject({
			code: 400,
			message: expect.stringMatching(why),
		});
		const names = await readdir(join(folder, where), { recursive: true });
		expect(names.join()).not.toContain(location.split("/").at(-1));
	});

	test("a wrong checksum is told, and the request goes on waiting for its data", async () => {
		const data = field({ step: 30 });
		const { location } = await offer({ ...FIELD, step: "30" });
		expect(
			await upload(location, data, { checksum: md5(Buffer.from("other")) }),
		).toMatchObject({
			code: 400,
			message: "Uploaded data checksum does not agree with header X-Checksum",
		});
		for (const checksum of ["", "xyz", md5(data).slice(1)])
			expect(await upload(location, data, { checksum })).toMatchObject({
				code: 400,
				message: expect.stringContaining("X-Checksum"),
			});
		expect((await call("GET", location)).status).toBe("uploading");
		expect((await upload(location, data)).code).toBe(202);
		expect((await ended(location)).code).toBe(200);
	});

	test("no data, too much data, and data for nobody are refused", async () => {
		const { location } = await offer(FIELD);
		expect(await upload(location, Buffer.alloc(0))).toMatchObject({
			code: 400,
			message: "There is no data in the body",
		});
		const large = Buffer.alloc(2_000_001);
		expect(await upload(location, large)).toMatchObject({
			code: 413,
			message: "The data is larger than 2000000 bytes",
		});
		expect(await inChunks(location, large)).toBe(413);
		expect((await call("GET", location)).status).toBe("uploading");
		const data = field();
		expect((await upload(location, data, { key: "other-key" })).code).toBe(404);
		expect((await upload(location, data, { key: "wrong" })).code).toBe(401);
		const nobody = "01932d3c-0000-7000-8000-0000000000ab";
		expect((await upload(`/uploads/${nobody}`, data)).code).toBe(404);
		expect((await upload("/uploads/x", data)).code).toBe(404);
		const retrieve = await it.demo().submit("echo", "x");
		expect(await upload(`/uploads/${retrieve}`, data)).toMatchObject({
			code: 400,
			message: `Request ${retrieve} is not an upload`,
		});
	});

	/** Without a Content-Length. */
	function inChunks(location: string, data: Buffer): Promise<number> {
		const { promise, resolve, reject } = Promise.withResolvers<number>();
		const sending = httpRequest(
			location,
			{
				method: "POST",
				headers: {
					authorization: "Bearer demo-key",
					"x-checksum": md5(data),
				},
			},
			(response) => {
				response.resume();
				resolve(response.statusCode ?? 0);
			},
		);
		sending.on("error", reject);
		for (let at = 0; at < data.length; at += 100_000)
			sending.write(data.subarray(at, at + 100_000));
		sending.end();
		return promise;
	}

	test("a body that is cut leaves the request waiting, and nothing in staging", async () => {
		const { location } = await offer({ ...FIELD, step: "36" });
		const data = field({ step: 36 });
		const { hostname, port: to, pathname } = new URL(location);
		const socket = connect(Number(to), hostname);
		socket.write(
			`POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${to}\r\nauthorization: Bearer demo-key\r\n` +
				`x-checksum: ${md5(data)}\r\ncontent-length: ${data.length}\r\n\r\n`,
		);
		socket.write(data.subarray(0, 100));
		await until("it is begun", async () => (await staged("upload")) === 1);
		socket.destroy();
		await until("it is gone", async () => (await staged("upload")) === 0);
		expect((await call("GET", location)).status).toBe("uploading");
		expect((await upload(location, data)).code).toBe(202);
		expect((await ended(location)).code).toBe(200);
	});

	test("a request that was revoked takes no data", async () => {
		const { location } = await offer(FIELD);
		const id = location.split("/").at(-1) ?? "";
		expect(await it.demo().revoke(id)).toBe(200);
		expect((await upload(location, field())).code).toBe(404);
		expect((await call("GET", location)).code).toBe(404);
	});

	test("who may not archive, what no datasource takes, and odd requests are told at submission", async () => {
		expect(await offer(FIELD, "", "guarded")).toMatchObject({
			code: 400,
			message: expect.stringMatching(/guarded: user not authorized/),
		});
		expect(await offer(FIELD, "", "echo")).toMatchObject({
			code: 400,
			message: expect.stringMatching(/echo: it does not take data/),
		});
		expect(await offer({ ...FIELD, class: "rd" })).toMatchObject({
			code: 400,
			message: expect.stringMatching(/class/),
		});
		expect((await offer(FIELD, "", "both")).code).toBe(202);
	});

	test("data is fetched from where that is allowed", async () => {
		const request = { ...FIELD, step: "60" };
		const offered = await offer(request, `http://localhost:${port}/field`);
		expect(offered).toMatchObject({
			code: 202,
			status: "queued",
			location: expect.stringContaining("/api/v1/requests/"),
		});
		expect(await ended(offered.location)).toMatchObject({
			code: 200,
			status: "processed",
		});
		expect((await retrieved(request)).equals(field({ step: 60 }))).toBe(true);
		expect(await upload(`/uploads/${idOf(offered)}`, field())).toMatchObject({
			code: 400,
			message: expect.stringMatching(/fetched from a URL/),
		});
	});

	test.each([
		["http://localhost:1/", /not fetched from localhost:1, only from/],
		["https://localhost/", /by http, not by https/],
		["http://10.0.0.1/", /not fetched from 10\.0\.0\.1/],
		["http://", /is not a URL/],
	])("%s is refused at submission", async (url, why) => {
		expect(await offer(FIELD, url)).toMatchObject({
			code: 400,
			message: expect.stringMatching(why),
		});
	});

	test("stops when it is revoked, and leaves nothing", async () => {
		const { location } = await offer(FIELD, `http://127.0.0.1:${port}/endless`);
		const id = location.split("/").at(-1) ?? "";
		const parts = async (): Promise<number> =>
			(await readdir(join(folder, where), { recursive: true })).filter((name) =>
				name.endsWith(".part"),
			).length;
		await until("it has begun", async () => (await parts()) === 1);
		expect(await it.demo().revoke(id)).toBe(200);
		await until("it has stopped", async () => (await parts()) === 0);
		expect(await call("GET", location)).toMatchObject({
			code: 400,
			message: "Request cancelled by its user",
		});
	});

	test.each([
		["nothing", /answered 404/],
		["away", /not fetched from 10\.0\.0\.1/],
		["large", /larger than the 2000000 bytes/],
	])("what comes from /%s fails with its reason", async (path, why) => {
		const { location } = await offer(FIELD, `http://127.0.0.1:${port}/${path}`);
		expect(await ended(location)).toMatchObject({
			code: 400,
			message: expect.stringMatching(why),
		});
	});
});
