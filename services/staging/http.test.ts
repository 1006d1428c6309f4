import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../../test/kit/until.ts";
import { newStagingKey } from "../platform/ids.ts";
import { openLog } from "../platform/log.ts";
import { openDisk } from "./disk.ts";
import { downloadHandler } from "./http.ts";
import { downloadUrl, parseDownloadName } from "./links.ts";
import type { Objects, StoredObject } from "./objects.ts";

const bytes = randomBytes(1000);
const errors: string[] = [];
const open = new Set<unknown>();
const cleanup = new AsyncDisposableStack();
/** Long for a test's client that reads, short for one that does not. */
const stallMs = 1_000;
let port = 0;
let objects: Objects;
let object: StoredObject;

beforeAll(async () => {
	const folder = await mkdtemp(join(tmpdir(), "staging-"));
	cleanup.defer(() => rm(folder, { recursive: true, force: true }));
	objects = await openDisk({ folder, fsync: false });
	object = await objects.put(
		{
			key: newStagingKey(),
			mediaType: "application/x-grib",
			fileName: 'Zürich "2t".grib',
		},
		bytes,
	);
	const log = openLog("error", {
		out: { write: (line: string) => void errors.push(line) },
	});
	const handler = downloadHandler({ objects: watched(objects), log, stallMs });
	const server = createServer((req, res) => {
		const [path = "", how] = (req.url ?? "").split("?");
		const name = path.replace("/api/v1/downloads/", "");
		if (how === "left") res.destroy();
		const { key, ext } = parseDownloadName(name) ?? { key: name, ext: "" };
		void handler(req, res, key, ext);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	cleanup.defer(() => server.close().closeAllConnections());
	const address = server.address();
	if (typeof address === "object" && address !== null) port = address.port;
});

afterAll(() => cleanup.disposeAsync());

/** Keeps account of what is being read. */
function watched(inner: Objects): Objects {
	const outer: Objects = Object.create(inner, {});
	outer.open = async (key, range) => {
		const stream = await inner.open(key, range);
		if (stream !== undefined) {
			open.add(stream);
			stream.once("close", () => open.delete(stream));
		}
		return stream;
	};
	outer.openBlocks = async (key, range) => {
		const blocks = await inner.openBlocks?.(key, range);
		if (blocks === undefined) return undefined;
		open.add(blocks);
		return {
			pour: (sink) => blocks.pour(sink),
			async [Symbol.asyncDispose]() {
				await blocks[Symbol.asyncDispose]();
				open.delete(blocks);
			},
		};
	};
	outer.stat = (key) => inner.stat(key);
	return outer;
}

const base = () => `http://127.0.0.1:${port}`;
const url = (of = object) => downloadUrl(base(), of.key, of.mediaType);

interface Answer {
	readonly status: number | undefined;
	readonly headers: Record<string, string | string[] | undefined>;
	readonly body: Buffer;
}

async function ask(
	headers: Record<string, string> = {},
	method = "GET",
	address = url(),
): Promise<Answer> {
	const asked = request(address, { method, headers, agent: false }).end();
	const [res] = await once(asked, "response");
	return {
		status: res.statusCode,
		headers: res.headers,
		body: await buffer(res),
	};
}

test("a reader that leaves while its result is opened is no failure, and what was opened is closed", async () => {
	await expect(ask({}, "GET", `${url()}?left`)).rejects.toThrow();
	await until("all is closed", () => open.size === 0);
	await ask();
	expect(errors).toEqual([]);
});

test("GET answers the bytes with exact headers, as often as one likes", async () => {
	for (let i = 0; i < 3; i++) {
		const { status, headers, body } = await ask({
			"accept-encoding": "gzip, br",
		});
		expect(status).toBe(200);
		expect(body.equals(bytes)).toBe(true);
		expect(headers).toMatchObject({
			"content-type": "application/x-grib",
			"content-length": "1000",
			"accept-ranges": "bytes",
			etag: `"${object.sha256}"`,
			"cache-control": "private, no-transform",
			"x-content-type-options": "nosniff",
			"content-disposition": `attachment; filename="Zurich _2t_.grib"; filename*=UTF-8''Z%C3%BCrich%20%222t%22.grib`,
		});
		expect(headers).not.toHaveProperty("content-encoding");
		expect(headers).not.toHaveProperty("transfer-encoding");
		expect(Date.parse(String(headers["last-modified"]))).toBe(
			Math.floor(object.createdAt / 1000) * 1000,
		);
	}
});

test("HEAD answers the headers of GET and no byte, whatever range it names", async () => {
	const { date: _, ...got } = (await ask()).headers;
	for (const headers of [{}, { range: "bytes=0-9" }]) {
		const head = await ask(headers, "HEAD");
		const { date: __, ...told } = head.headers;
		expect(head.status).toBe(200);
		expect(told).toEqual(got);
		expect(head.body.length).toBe(0);
	}
});

test.each([
	["bytes=0-0", 0, 0],
	["bytes=10-19", 10, 19],
	["bytes=990-", 990, 999],
	["bytes=990-5000", 990, 999],
	["bytes=-10", 990, 999],
	["bytes=-5000", 0, 999],
	["bytes=0-9,10-19", 0, 19],
	["bytes=0-9,2000-", 0, 9],
	["BYTES=5-5", 5, 5],
])("range %s is answered with bytes %i to %i", async (range, start, end) => {
	const { status, headers, body } = await ask({ range });
	expect(status).toBe(206);
	expect(headers["content-range"]).toBe(`bytes ${start}-${end}/1000`);
	expect(headers["content-type"]).toBe("application/x-grib");
	expect(headers["content-length"]).toBe(String(end - start + 1));
	expect(body.equals(bytes.subarray(start, end + 1))).toBe(true);
});

test.each([
	["another unit", "lines=0-9"],
	["bad syntax", "bytes=9-x"],
	[
		"too many",
		`bytes=${Array.from({ length: 60 }, (_, i) => `${i * 3}-${i * 3}`).join()}`,
	],
])("%s: the range is ignored", async (_name, range) => {
	const { status, body } = await ask({ range });
	expect(status).toBe(200);
	expect(body.equals(bytes)).toBe(true);
});

test.each(["bytes=1000-", "bytes=-0", "bytes=2000-3000,5000-"])(
	"range %s is not there",
	async (range) => {
		const { status, headers, body } = await ask({ range });
		expect(status).toBe(416);
		expect(headers["content-range"]).toBe("bytes */1000");
		expect(JSON.parse(body.toString())).toEqual({
			message: expect.any(String),
		});
	},
);

test("several ranges are several parts, each exact", async () => {
	const { status, headers, body } = await ask({
		range: "bytes=0-9, 500-509, -5",
	});
	expect(status).toBe(206);
	expect(headers["content-length"]).toBe(String(body.length));
	expect(headers).not.toHaveProperty("content-range");
	const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(
		String(headers["content-type"]),
	)?.[1];
	const parts = [
		[0, 9],
		[500, 509],
		[995, 999],
	].map(([start = 0, end = 0]) => {
		const head = `\r\n--${boundary}\r\nContent-Type: application/x-grib\r\nContent-Range: bytes ${start}-${end}/1000\r\n\r\n`;
		return Buffer.concat([Buffer.from(head), bytes.subarray(start, end + 1)]);
	});
	const whole = Buffer.concat([
		...parts,
		Buffer.from(`\r\n--${boundary}--\r\n`),
	]);
	expect(body.equals(whole)).toBe(true);
});

describe("conditions", () => {
	const etag = () => `"${object.sha256}"`;
	const date = (shift = 0) => new Date(object.createdAt + shift).toUTCString();
	const range = "bytes=0-9";
	const cases: [string, () => Record<string, string>, number][] = [
		["If-None-Match with our tag", () => ({ "if-none-match": etag() }), 304],
		[
			"... in a list, weak",
			() => ({ "if-none-match": `"a", W/${etag()}` }),
			304,
		],
		["... any", () => ({ "if-none-match": "*" }), 304],
		["... with another", () => ({ "if-none-match": '"a"' }), 200],
		[
			"If-Modified-Since, not since",
			() => ({ "if-modified-since": date() }),
			304,
		],
		["... since", () => ({ "if-modified-since": date(-5000) }), 200],
		["... no date", () => ({ "if-modified-since": "yesterday" }), 200],
		[
			"... is overruled by a tag",
			() => ({ "if-modified-since": date(), "if-none-match": '"a"' }),
			200,
		],
		["If-Match with our tag", () => ({ "if-match": etag() }), 200],
		["... weak", () => ({ "if-match": `W/${etag()}` }), 412],
		["... with another", () => ({ "if-match": '"a"' }), 412],
		[
			"If-Unmodified-Since, before",
			() => ({ "if-unmodified-since": date(-5000) }),
			412,
		],
		["If-Range with our tag", () => ({ range, "if-range": etag() }), 206],
		["... weak", () => ({ range, "if-range": `W/${etag()}` }), 200],
		["... with another", () => ({ range, "if-range": '"a"' }), 200],
		["... with our date", () => ({ range, "if-range": date() }), 206],
		["... with another date", () => ({ range, "if-range": date(5000) }), 200],
	];
	test.each(cases)("%s", async (_name, headers, status) => {
		const answer = await ask(headers());
		expect(answer.status).toBe(status);
		const length = { 200: 1000, 206: 10, 304: 0 }[status];
		if (length !== undefined) expect(answer.body.length).toBe(length);
		if (status === 304) expect(answer.headers).toMatchObject({ etag: etag() });
	});
});

test.each([
	["an unknown key", () => `${newStagingKey()}.grib`],
	["a wrong extension", () => `${object.key}.covjson`],
	["no extension", () => object.key],
	["a path", () => "../../../../etc/passwd.grib"],
	["a malformed key", () => "short.grib"],
])("%s is 404, with a reason for the client", async (_name, name) => {
	for (const method of ["GET", "HEAD"]) {
		const answer = await ask(
			{},
			method,
			`${base()}/api/v1/downloads/${name()}`,
		);
		expect(answer.status).toBe(404);
		expect(answer.headers["content-type"]).toBe("application/json");
		if (method === "GET")
			expect(JSON.parse(answer.body.toString())).toEqual({
				message: expect.any(String),
			});
	}
});

test.each(["POST", "PUT", "DELETE", "OPTIONS"])("%s is 405", async (method) => {
	const { status, headers } = await ask({}, method);
	expect(status).toBe(405);
	expect(headers.allow).toBe("GET, HEAD");
});

test("an empty result is empty, and has no ranges", async () => {
	const upload = { ...object, key: newStagingKey() };
	const empty = await objects.put(upload, new Uint8Array());
	const whole = await ask({}, "GET", url(empty));
	expect(whole.status).toBe(200);
	expect(whole.headers["content-length"]).toBe("0");
	const part = await ask({ range: "bytes=0-" }, "GET", url(empty));
	expect(part.status).toBe(416);
	expect(part.headers["content-range"]).toBe("bytes */0");
});

test("other types go out under their own names", async () => {
	for (const [mediaType, ext] of [
		["application/prs.coverage+json", "covjson"],
		["application/octet-stream", "bin"],
	]) {
		const upload = { key: newStagingKey(), mediaType: mediaType ?? "" };
		const put = await objects.put({ ...upload, fileName: "x" }, bytes);
		expect(url(put).endsWith(`.${ext}`)).toBe(true);
		const { headers } = await ask({}, "GET", url(put));
		expect(headers["content-type"]).toBe(mediaType);
		expect(headers["content-disposition"]).toBe('attachment; filename="x"');
	}
});

test("a type that today's client refuses goes out as bytes, unless the reader names it", async () => {
	const upload = { key: newStagingKey(), mediaType: "text/csv" };
	const put = await objects.put({ ...upload, fileName: "x.csv" }, bytes);
	expect(url(put).endsWith(".csv")).toBe(true);
	const { headers } = await ask({ accept: "*/*" }, "GET", url(put));
	expect(headers["content-type"]).toBe("application/octet-stream");
	expect(headers["content-disposition"]).toContain("x.csv");
	const named = await ask({ accept: "text/csv" }, "HEAD", url(put));
	expect(named.headers["content-type"]).toBe("text/csv");
	expect(named.headers.vary).toBe("accept");
});

test.each([
	["plain", ""],
	["in parts", "Range: bytes=0-19999999,30000000-49999999\r\n"],
])(
	"a client that leaves ends the reading, %s, and is no error",
	async (_name, range) => {
		const key = newStagingKey();
		const large = await objects.put(
			{ ...object, key },
			Buffer.alloc(50_000_000),
		);
		const socket = connect(port, "127.0.0.1");
		socket.write(
			`GET ${new URL(url(large)).pathname} HTTP/1.1\r\nHost: x\r\n${range}\r\n`,
		);
		await once(socket, "data");
		socket.pause();
		expect(open.size).toBe(1);
		socket.resetAndDestroy();
		await until("nothing is read any more", () => open.size === 0);
		expect(errors).toEqual([]);
		await objects.delete(key);
	},
);

test("a client that takes nothing any more is cut off, and what it held is given back", async () => {
	const key = newStagingKey();
	const large = await objects.put({ ...object, key }, Buffer.alloc(50_000_000));
	const socket = connect(port, "127.0.0.1");
	socket.write(
		`GET ${new URL(url(large)).pathname} HTTP/1.1\r\nHost: x\r\n\r\n`,
	);
	await once(socket, "data");
	socket.pause();
	expect(open.size).toBe(1);
	await until("it is cut off", () => open.size === 0);
	expect(errors).toEqual([]);
	socket.destroy();
	await objects.delete(key);
});

test("two requests on one connection are answered in order", async () => {
	const path = new URL(url()).pathname;
	const socket = connect(port, "127.0.0.1");
	socket.write(
		`HEAD ${path} HTTP/1.1\r\nHost: x\r\n\r\n` +
			`GET ${path} HTTP/1.1\r\nHost: x\r\nRange: bytes=0-0\r\nConnection: close\r\n\r\n`,
	);
	const text = (await buffer(socket)).toString("latin1");
	expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([
		"HTTP/1.1 200",
		"HTTP/1.1 206",
	]);
	expect(text.endsWith(`\r\n\r\n${bytes.toString("latin1", 0, 1)}`)).toBe(true);
});
