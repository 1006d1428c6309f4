import { once } from "node:events";
import { request as overTls } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Health } from "../../../gen/health/v1/health_pb.js";
import { openFar } from "./far.ts";
import { link } from "./link.ts";
import { type ServeOptions, serveRpc } from "./serve.ts";
import { readTls } from "./tls.ts";

const TEXT = '# TYPE a gauge\na{b="c"} 1\n';
const tls = readTls({
	ca: join(import.meta.dirname, "fixtures/ca.pem"),
	cert: join(import.meta.dirname, "fixtures/cert.pem"),
	key: join(import.meta.dirname, "fixtures/key.pem"),
});

async function serve(options: ServeOptions = {}) {
	const served = await serveRpc(() => undefined, {
		metrics: async () => TEXT,
		...options,
	});
	onTestFinished(() => served[Symbol.asyncDispose]());
	return served;
}

function healthOf(url: string, more: object = {}) {
	const far = openFar({ urls: [url], ...more });
	onTestFinished(() => far[Symbol.dispose]());
	return link(Health, far);
}

/** Writes raw bytes, piece by piece, each when the one before has left; gives all that is answered. */
async function rawly(url: string, pieces: readonly string[]): Promise<string> {
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname).setNoDelay();
	let answer = "";
	socket.setEncoding("latin1").on("data", (text: string) => {
		answer += text;
	});
	await once(socket, "connect");
	for (const piece of pieces) {
		await new Promise((resolve) => socket.write(piece, resolve));
		// Its own packet: the loop goes round before the next.
		await new Promise((resolve) => setImmediate(resolve));
	}
	await once(socket, "close");
	return answer;
}

test("one port shows metrics over HTTP/1.1 and answers RPCs over HTTP/2", async () => {
	const { url } = await serve();
	const answer = await fetch(`${url}/metrics`);
	expect(answer.headers.get("content-type")).toContain("version=0.0.4");
	expect(await answer.text()).toBe(TEXT);
	expect(await (await fetch(`${url}/healthz`)).text()).toBe("SERVING\n");
	const { status } = await healthOf(url).check({});
	expect(status).toBe(1);
});

test("an HTTP/1.1 request that comes byte by byte is one", async () => {
	const { url } = await serve();
	const text = "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n";
	const answer = await rawly(url, [...text]);
	expect(answer).toMatch(/^HTTP\/1\.1 200 /);
	expect(answer.endsWith(TEXT)).toBe(true);
});

test("an HTTP/2 connection whose first bytes come one by one is one", async () => {
	const { url } = await serve();
	const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	// An empty SETTINGS frame, then a GOAWAY: the server says its settings, and closes.
	const settings = "\0\0\0\x04\0\0\0\0\0";
	const goaway = "\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0";
	const answer = await rawly(url, [...preface, settings, goaway]);
	// A SETTINGS frame on stream 0.
	expect(answer.slice(3, 5)).toBe("\x04\0");
});

test("where a token is set, a scraper brings it or one of its own; health is told to all", async () => {
	const { url } = await serve({ token: "inner", scrapeToken: "scraper" });
	const status = async (authorization?: string) => {
		const headers = authorization === undefined ? {} : { authorization };
		return (await fetch(`${url}/metrics`, { headers })).status;
	};
	expect(await status()).toBe(401);
	expect(await status("Bearer other")).toBe(401);
	expect(await status("Basic scraper")).toBe(401);
	expect(await status("Bearer scraper")).toBe(200);
	expect(await status("bearer inner")).toBe(200);
	expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("says what else is asked in vain", async () => {
	const { url } = await serve({ metrics: undefined });
	expect((await fetch(`${url}/metrics`)).status).toBe(503);
	expect((await fetch(`${url}/other`)).status).toBe(404);
	const posted = await fetch(`${url}/metrics`, { method: "POST", body: "x" });
	expect([posted.status, posted.headers.get("allow")]).toEqual([
		405,
		"GET, HEAD",
	]);
});

test("metrics that cannot be read are an error with its reason", async () => {
	const metrics = () => Promise.reject(new Error("no memory"));
	const { url } = await serve({ metrics });
	const answer = await fetch(`${url}/metrics`);
	expect(answer.status).toBe(500);
	expect(await answer.text()).toContain("no memory");
});

test("with TLS both are spoken on one port, to who has a certificate", async () => {
	const { url } = await serve({ tls });
	const scrape = (certificates: object) =>
		new Promise<string>((resolve, reject) => {
			overTls(`${url}/metrics`, { ...certificates, agent: false }, (answer) => {
				let text = "";
				answer.setEncoding("utf8").on("data", (more: string) => {
					text += more;
				});
				answer.once("end", () => resolve(text));
			})
				.once("error", reject)
				.end();
		});
	expect(await scrape(tls)).toBe(TEXT);
	await expect(scrape({ ca: tls.ca })).rejects.toThrow();
	expect((await healthOf(url, { tls }).check({})).status).toBe(1);
});

test("who connects and leaves without a word harms nobody", async () => {
	const { url } = await serve();
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname);
	await once(socket, "connect");
	socket.resetAndDestroy();
	expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("a port ends though a scraper has just been answered", async () => {
	const served = await serve();
	await (await fetch(`${served.url}/metrics`)).text();
	const begun = performance.now();
	await served[Symbol.asyncDispose]();
	// Long before the farewell is over.
	expect(performance.now() - begun).toBeLessThan(4_000);
});
