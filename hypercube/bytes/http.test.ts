import {
	createServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";
import {
	afterAll,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import { openHttp } from "./http.ts";
import { readJoined } from "./joined.ts";
import type { ByteSource } from "./source.ts";
import { run } from "./steps.ts";

const bytes = Buffer.from(
	Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 251),
);
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What a server that honours ranges and conditions does. */
const good: Answer = (request, response) => {
	const wanted = request.headers["if-match"];
	if (wanted !== undefined && wanted !== etag) {
		response.writeHead(412).end();
		return;
	}
	const [, start, end] =
		/bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
	const last = Math.min(Number(end), bytes.length - 1);
	response.writeHead(206, {
		"content-range": `bytes ${start}-${last}/${bytes.length}`,
		etag,
	});
	response.end(bytes.subarray(Number(start), last + 1));
};

let etag = '"one"';
let answers: Answer[] = [];
let ranges: string[] = [];
let [open, most] = [0, 0];
const server = createServer((request, response) => {
	ranges.push(request.headers.range ?? "");
	most = Math.max(most, ++open);
	response.on("close", () => open--);
	// A turn later, so that requests sent at the same time are here at the same time.
	setImmediate(() => (answers.shift() ?? good)(request, response));
});
let url = "";
beforeAll(async () => {
	await new Promise<void>((resolve) =>
		server.listen(0, "127.0.0.1", () => resolve()),
	);
	const address = server.address();
	if (address === null || typeof address === "string")
		throw new Error("no port");
	url = `http://127.0.0.1:${address.port}/data.grib?token=secret`;
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});
beforeEach(() => {
	etag = '"one"';
	answers = [];
	ranges = [];
	most = 0;
});

const opened = (): Promise<ByteSource> => openHttp(url, { pauses: [1, 1] });
const broken =
	(status: number): Answer =>
	(_, response) => {
		response.writeHead(status).end();
	};

describe("an object behind HTTP", () => {
	test("its size is known, and ranges of it are what they should be", async () => {
		const source = await opened();
		expect(source.size).toBe(bytes.length);
		expect(await source.read(1000, 50)).toEqual(
			new Uint8Array(bytes.subarray(1000, 1050)),
		);
		expect(await source.read(bytes.length - 5, 50)).toHaveLength(5);
		expect(await source.read(bytes.length, 50)).toHaveLength(0);
		expect(ranges).toEqual([
			"bytes=0-0",
			"bytes=1000-1049",
			"bytes=999995-999999",
		]);
	});

	test("far ranges are read in parallel, within the limit, near ones in one read", async () => {
		const source = await openHttp(url, { parallel: 2 });
		const wanted = Float64Array.of(
			0,
			10,
			1000,
			1010,
			300_000,
			300_010,
			600_000,
			600_010,
			900_000,
			900_010,
		);
		const found: string[] = [];
		// The first is answered with the second: one after the other they would wait for ever.
		let first: (() => void) | undefined;
		answers = [
			(...held) => {
				first = () => good(...held);
			},
			(...second) => {
				first?.();
				good(...second);
			},
		];
		await run(
			readJoined(source, wanted, (range, chunk, at) => {
				found[range] = chunk.subarray(at, at + 10).join();
			}),
		);
		expect(found).toEqual(
			[0, 1000, 300_000, 600_000, 900_000].map((at) =>
				bytes.subarray(at, at + 10).join(),
			),
		);
		expect(ranges).toHaveLength(1 + 4);
		expect(most).toBe(2);
	});

	test("what may pass is tried again: errors, cut connections, bodies that end early", async () => {
		const source = await opened();
		const cut: Answer = (request) => request.socket.destroy();
		const early: Answer = (_, response) => {
			response.writeHead(206, {
				"content-range": "bytes 0-99/1000000",
				"content-length": "100",
			});
			response.write(bytes.subarray(0, 10));
			response.destroy();
		};
		for (const failures of [
			[broken(503), cut],
			[early, broken(429)],
		]) {
			answers = [...failures];
			expect(await source.read(0, 100)).toHaveLength(100);
		}
		answers = [broken(500), broken(502), broken(503)];
		await expect(source.read(0, 100)).rejects.toThrow(
			"/data.grib answered 503",
		);
	});

	test("what will not pass is not tried again, and secrets are not told", async () => {
		const source = await opened();
		answers = [broken(403)];
		await expect(source.read(0, 1)).rejects.toThrow(
			/data\.grib answered 403, access denied/,
		);
		answers = [broken(302)];
		await expect(source.read(0, 1)).rejects.toThrow("a redirect");
		expect(ranges).toHaveLength(3);
	});

	test("an object that has changed is an error, whether the server looks or not", async () => {
		const source = await opened();
		etag = '"two"';
		await expect(source.read(0, 1)).rejects.toThrow("has changed");
		answers = [
			(request, response) => {
				delete request.headers["if-match"];
				good(request, response);
			},
		];
		await expect(source.read(0, 1)).rejects.toThrow("has changed");
	});

	test("a server without ranges, or with others than asked for, is told", async () => {
		answers = [(_, response) => response.writeHead(200).end(bytes)];
		await expect(opened()).rejects.toThrow("only servers that honour Range");
		const source = await opened();
		answers = [
			(_, response) =>
				response
					.writeHead(206, { "content-range": "bytes 5-9/1000000" })
					.end("56789"),
		];
		await expect(source.read(0, 5)).rejects.toThrow("'bytes 5-9/1000000' came");
	});

	test("an ended signal ends the read", async () => {
		const source = await opened();
		const ended = new AbortController();
		answers = [() => ended.abort(new Error("nobody waits"))];
		await expect(source.read(0, 1, ended.signal)).rejects.toThrow(
			"nobody waits",
		);
	});

	test("each read has a URL of its own where one is to be signed", async () => {
		let signed = 0;
		const sign = async () => `${url}&signature=${++signed}`;
		const source = await openHttp(url, { sign });
		await source.read(0, 1);
		expect(signed).toBe(2);
	});
});
