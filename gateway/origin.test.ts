import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { checkRequest } from "./guard.ts";
import { isHost, originReader } from "./origin.ts";

function from(
	address: string,
	headers: Record<string, string>,
): IncomingMessage {
	const socket = new Socket();
	Object.defineProperty(socket, "remoteAddress", { value: address });
	const request = new IncomingMessage(socket);
	request.httpVersion = "1.1";
	Object.assign(request.headers, headers);
	return request;
}

const PROXY = "10.0.0.1";
const forwarded = {
	host: "inside:8080",
	"x-forwarded-host": "spoofed.example, polytope.example",
	"x-forwarded-proto": "https",
	"x-forwarded-prefix": "/polytope/",
};

test("the configured public URL is the last word", () => {
	const read = originReader({
		publicUrl: "https://data.example/polytope/",
		trustedProxies: [PROXY],
	});
	expect(read(from(PROXY, forwarded))).toBe("https://data.example/polytope");
});

test("a trusted proxy is believed", () => {
	const read = originReader({ trustedProxies: ["10.0.0.0/8"] });
	expect(read(from(PROXY, forwarded))).toBe(
		"https://polytope.example/polytope",
	);
});

test("anybody else is not", () => {
	const read = originReader({ trustedProxies: ["loopback"] });
	expect(read(from(PROXY, forwarded))).toBe("http://inside:8080");
});

test("a proxy that forwards nonsense leaves the Host", () => {
	const read = originReader({ trustedProxies: [PROXY] });
	const nonsense = {
		host: "inside",
		"x-forwarded-host": "a b",
		"x-forwarded-proto": "gopher",
		"x-forwarded-prefix": "//x",
	};
	expect(read(from(PROXY, nonsense))).toBe("http://inside");
});

test.each(["localhost", "127.0.0.1:8080", "a.example", "[::1]:80", "a_b"])(
	"%s is a host",
	(text) => {
		expect(isHost(text)).toBe(true);
	},
);

test.each([
	"",
	"a b",
	"a/b",
	"user@host",
	"a:port",
	"a\\b",
	"[::1",
	"a:123456",
	"a?x",
	"a#x",
])("'%s' is not", (text) => {
	expect(isHost(text)).toBe(false);
});

test("a second Authorization is refused, a second Accept is not", () => {
	const request = (...names: string[]) => {
		const made = from(PROXY, { host: "a" });
		for (const name of names) {
			made.rawHeaders.push(name, "x");
			made.headers[name.toLowerCase()] = "x";
		}
		made.headers.host = "a";
		return checkRequest(made, 100)?.message;
	};
	expect(request("Host", "Authorization", "authorization")).toMatch(
		/'authorization' was sent more than once/,
	);
	expect(request("Host", "Accept", "accept")).toBeUndefined();
});
