import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { pageAsked } from "./listing.ts";
import { waitTime } from "./wait-time.ts";

function asked(url: string, prefer?: string): IncomingMessage {
	const request = new IncomingMessage(new Socket());
	request.url = url;
	if (prefer !== undefined) request.headers.prefer = prefer;
	return request;
}

test.each([
	["/x", undefined, 0, false],
	["/x?wait=0", undefined, 0, false],
	["/x?wait=2.5", undefined, 2500, false],
	["/x?wait=999999", undefined, 60_000, false],
	["/x", "wait=3", 3000, true],
	["/x", 'respond-async, wait="4"; foo', 4000, true],
	["/x", "wait=soon", 0, false],
	["/x", "await=3", 0, false],
	["/x?wait=1", "wait=9", 1000, false],
])("%s with Prefer %s waits %d ms", (url, prefer, ms, preferred) => {
	expect(waitTime(asked(url, prefer), 60_000)).toEqual({ ms, preferred });
});

test.each([
	"wait=",
	"wait=-1",
	"wait=1e9",
	"wait=abc",
	"wait=1&wait=2",
	"wait=Infinity",
])("?%s is refused", (query) => {
	expect(() => waitTime(asked(`/x?${query}`), 60_000)).toThrow(
		/'wait' must be/,
	);
});

test("a page", () => {
	expect(pageAsked("/x")).toEqual({ limit: undefined, after: 0n });
	expect(pageAsked("/x?limit=10&cursor=7")).toEqual({ limit: 10, after: 7n });
});

test.each([
	"limit=0",
	"limit=1001",
	"limit=x",
	"limit=1&limit=2",
	"cursor=-1",
	"cursor=9999999999999999999",
])("?%s is refused", (query) => {
	expect(() => pageAsked(`/x?${query}`)).toThrow(/limit|cursor/);
});
