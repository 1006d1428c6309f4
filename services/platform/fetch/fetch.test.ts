import { once } from "node:events";
import {
	createServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openUrl } from "./fetch.ts";

const DATA = Buffer.alloc(300_000, "data");
/** Requests that a test has left open. */
const asked: string[] = [];

const server = createServer((request, response) => {
	asked.push(request.url ?? "");
	answer(request, response);
});

function answer({ url = "" }: IncomingMessage, response: ServerResponse): void {
	const to = new URL(url, "http://x").searchParams.get("to");
	if (to !== null) response.writeHead(302, { location: to }).end();
	else if (url === "/round")
		response.writeHead(302, { location: "/round" }).end();
	else if (url === "/data")
		response.writeHead(200, { "content-length": DATA.length }).end(DATA);
	else if (url === "/chunks") response.writeHead(200).end(DATA);
	else if (url === "/coded")
		response.writeHead(200, { "content-encoding": "gzip" }).end(DATA);
	else if (url === "/cut") {
		response.writeHead(200, { "content-length": DATA.length + 1 });
		response.write(DATA, () => response.destroy());
	} else if (url === "/slow") response.writeHead(200).write(DATA);
	else if (url === "/broken") response.writeHead(503).end();
	else response.writeHead(404).end();
}

let port = 0;
beforeAll(async () => {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (address === null || typeof address === "string")
		throw new Error("no port");
	port = address.port;
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});

interface More {
	readonly networks?: readonly string[];
	readonly hosts?: readonly string[];
	readonly size?: number;
	readonly timeout?: number;
	readonly signal?: AbortSignal;
}

async function fetched(path: string, more: More = {}): Promise<Buffer> {
	const { networks, hosts, ...rest } = more;
	const { stream } = await openUrl(
		/^https?:/.test(path) ? path : `http://localhost:${port}${path}`,
		{
			rules: {
				schemes: ["http"],
				hosts: hosts ?? [`localhost:${port}`],
				networks: networks ?? ["127.0.0.0/8", "::1/128"],
			},
			size: 1_000_000,
			timeout: 20_000,
			signal: new AbortController().signal,
			...rest,
		},
	);
	return Buffer.concat(await Array.fromAsync(stream));
}

it.each(["/data", "/chunks", "/hop?to=/data"])("fetches %s", async (path) => {
	expect((await fetched(path)).equals(DATA)).toBe(true);
});

it("connects to no address that is not public, whatever name leads there", async () => {
	asked.length = 0;
	await expect(fetched("/data", { networks: [] })).rejects.toThrow(
		/localhost: its address is not a public one/,
	);
	expect(asked).toEqual([]);
});

it("holds redirects to the same rules", async () => {
	const to = (url: string) => fetched(`/hop?to=${encodeURIComponent(url)}`);
	await expect(to(`http://127.0.0.1:${port}/data`)).rejects.toThrow(
		/not fetched from 127\.0\.0\.1/,
	);
	await expect(to("file:///etc/passwd")).rejects.toThrow(/not by file/);
	await expect(
		fetched(`/hop?to=http://[::1]:${port}/data`, {
			hosts: [`*:${port}`],
			networks: ["127.0.0.0/8"],
		}),
	).rejects.toThrow(/not a public one/);
});

it("does not run in circles", async () => {
	await expect(fetched("/round")).rejects.toThrow(/more than 5 redirects/);
});

it.each([
	["/nothing", /answered 404 Not Found/, false],
	["/broken", /answered 503/, true],
	["/cut", /aborted/, true],
	["/coded", /encoded: gzip/, false],
	["http://localhost:1/", /ECONNREFUSED/, true],
])("says why %s does not come", async (path, why, temporary) => {
	const hosts = [`localhost:${port}`, "localhost:1"];
	const failed = fetched(path, { hosts });
	await expect(failed).rejects.toThrow(why);
	await expect(failed).rejects.toMatchObject({ name: "FetchError", temporary });
});

it.each(["/data", "/chunks"])("stops %s when it is too large", async (path) => {
	await expect(fetched(path, { size: DATA.length - 1 })).rejects.toThrow(
		/larger than the 299999 bytes/,
	);
	expect((await fetched(path, { size: DATA.length })).length).toBe(300_000);
});

it("stops what takes too long, and when it is told to", async () => {
	await expect(fetched("/slow", { timeout: 200 })).rejects.toThrow(
		/took longer than/,
	);
	const stop = new AbortController();
	const reading = fetched("/slow", { signal: stop.signal });
	stop.abort(new Error("enough"));
	await expect(reading).rejects.toThrow("enough");
});
