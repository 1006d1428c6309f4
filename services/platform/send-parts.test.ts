import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import {
	createServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";
import { buffer } from "node:stream/consumers";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, onTestFinished, test } from "vitest";
import { openPermits } from "./permits.ts";
import { sendParts } from "./send-parts.ts";

type Answer = (
	part: number,
	res: ServerResponse,
	req: IncomingMessage,
) => void | Promise<void>;

/** A server that keeps what is PUT to `/<part>`, unless `answer` answers. */
async function startStore(answer: Answer = () => {}) {
	const stored = new Map<number, Buffer>();
	let under = 0;
	let most = 0;
	const server = createServer(async (req, res) => {
		const part = Number(/^\/(\d+)/.exec(req.url ?? "")?.[1]);
		most = Math.max(most, ++under);
		try {
			await answer(part, res, req);
			if (res.writableEnded || res.destroyed) return;
			const bytes = await buffer(req);
			stored.set(part, bytes);
			const md5 = createHash("md5").update(bytes).digest("hex");
			res.writeHead(200, { etag: `"${md5}"` }).end();
		} finally {
			under -= 1;
		}
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const address = server.address();
	const port = typeof address === "object" ? address?.port : 0;
	const asked: string[] = [];
	return {
		stored,
		asked,
		most: () => most,
		urlOf: async (part: number, again: boolean) => {
			asked.push(`${part}${again ? " again" : ""}`);
			return `http://127.0.0.1:${port}/${part}?again=${again}`;
		},
	};
}

async function* inChunks(bytes: Uint8Array, size: number) {
	for (let at = 0; at < bytes.length; at += size)
		yield bytes.subarray(at, at + size);
}

const short = { patienceMs: 2_000, signal: new AbortController().signal };
const failsWith = (code: Code) =>
	expect.toSatisfy((reason) => ConnectError.from(reason).code === code);

const joined = (stored: ReadonlyMap<number, Buffer>): Buffer =>
	Buffer.concat(
		[...stored].toSorted(([a], [b]) => a - b).map(([, bytes]) => bytes),
	);

test.each([
	["no bytes", 0, 1, 1],
	["less than a part", 999, 10, 1],
	["one part exactly", 1000, 7, 1],
	["a byte more", 1001, 1000, 2],
	["chunks larger than parts", 10_500, 3300, 11],
])("sends %s", async (_, length, chunk, count) => {
	const store = await startStore();
	const bytes = randomBytes(length);
	const sent = await sendParts(inChunks(bytes, chunk), {
		...store,
		partSize: 1000,
		inFlight: 3,
		...short,
	});
	expect(joined(store.stored).equals(bytes)).toBe(true);
	expect(sent.length).toBe(length);
	expect(sent.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
	expect(sent.parts).toEqual(
		Array.from({ length: count }, (_, at) => ({
			number: at + 1,
			etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
		})),
	);
	for (const part of [...store.stored.values()].slice(0, -1))
		expect(part.length).toBe(1000);
});

test("sends several at once and reads no further ahead", async () => {
	let taken = 0;
	let stored = 0;
	let ahead = 0;
	const third = Promise.withResolvers<void>();
	const store = await startStore(async (part, res, req) => {
		await buffer(req);
		if (part === 3) third.resolve();
		await third.promise;
		stored += 1;
		res.writeHead(200, { etag: "x" }).end();
	});
	async function* source() {
		for (let at = 0; at < 40; at++) {
			ahead = Math.max(ahead, ++taken - stored);
			yield randomBytes(1000);
		}
	}
	await sendParts(source(), {
		...store,
		partSize: 1000,
		inFlight: 3,
		...short,
	});
	expect(store.most()).toBe(3);
	expect(ahead).toBeLessThanOrEqual(5);
});

test("many streams share what may be on its way; each has at least one", async () => {
	const permits = openPermits(1);
	const five = Promise.withResolvers<void>();
	let under = 0;
	const store = await startStore(async (_, res, req) => {
		await buffer(req);
		if (++under === 5) five.resolve();
		await five.promise;
		res.writeHead(200, { etag: "x" }).end();
	});
	const streams = Array.from({ length: 4 }, () =>
		sendParts(inChunks(randomBytes(6000), 500), {
			...store,
			partSize: 1000,
			inFlight: 3,
			permits,
			...short,
		}),
	);
	for (const { length } of await Promise.all(streams))
		expect(length).toBe(6000);
	expect(store.most()).toBe(5);
	expect([permits.take(), permits.take()]).toEqual([true, false]);
});

test("a part is tried again by itself: after a 5xx, a lost connection, an address that expired", async () => {
	const tries = new Map<number, number>();
	const store = await startStore(async (part, res, req) => {
		const nth = (tries.get(part) ?? 0) + 1;
		tries.set(part, nth);
		if (nth > 1) return;
		if (part === 1) res.writeHead(503).end("busy");
		if (part === 2) req.socket.destroy();
		if (part === 3)
			res.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
	});
	const bytes = randomBytes(3500);
	await sendParts(inChunks(bytes, 500), {
		...store,
		partSize: 1000,
		inFlight: 2,
		...short,
	});
	expect(joined(store.stored).equals(bytes)).toBe(true);
	expect([...tries]).toEqual(
		expect.arrayContaining([
			[1, 2],
			[2, 2],
			[3, 2],
			[4, 1],
		]),
	);
	expect(store.asked).toEqual(
		expect.arrayContaining(["1", "2", "3", "3 again", "4"]),
	);
});

test.each([
	["that stays away", Code.Unavailable, 500, "broken"],
	["that refuses each address", Code.Unavailable, 403, "no"],
	["that is full", Code.ResourceExhausted, 507, "full"],
	[
		"whose upload was aborted",
		Code.NotFound,
		404,
		"<Error><Code>NoSuchUpload</Code></Error>",
	],
])("a store %s ends it, and the source", async (_, code, status, body) => {
	const store = await startStore((part, res) => {
		if (part === 2) res.writeHead(status).end(body);
	});
	let ended = false;
	async function* endless() {
		try {
			for (;;) yield randomBytes(1000);
		} finally {
			ended = true;
		}
	}
	await expect(
		sendParts(endless(), {
			...store,
			partSize: 1000,
			inFlight: 2,
			...short,
		}),
	).rejects.toEqual(failsWith(code));
	expect(ended).toBe(true);
});

test("the source's own error comes through", async () => {
	const store = await startStore();
	const broken = new Error("the source broke");
	async function* source() {
		yield randomBytes(2500);
		throw broken;
	}
	await expect(
		sendParts(source(), {
			...store,
			partSize: 1000,
			inFlight: 2,
			...short,
		}),
	).rejects.toBe(broken);
});

test("a signal ends it at once, also while a part waits for an answer", async () => {
	const stop = new AbortController();
	const store = await startStore(async (part) => {
		if (part !== 1) return;
		stop.abort("cancelled");
		await new Promise(() => {});
	});
	await expect(
		sendParts(inChunks(randomBytes(5000), 500), {
			...store,
			partSize: 1000,
			inFlight: 2,
			patienceMs: 2_000,
			signal: stop.signal,
		}),
	).rejects.toBe("cancelled");
});
