import { describe, expect, it } from "vitest";
import { isReachable } from "./addresses.ts";
import { type FetchRules, whyNotFetched } from "./rules.ts";

const RULES: FetchRules = {
	schemes: ["https"],
	hosts: [
		"data.example.org",
		"*.example.net",
		"data.example.com:8443",
		"any.example.com:*",
	],
	networks: [],
};
const ANYWHERE: FetchRules = {
	schemes: ["https", "http"],
	hosts: ["*"],
	networks: [],
};

describe("a URL", () => {
	it.each([
		"https://data.example.org/a/b?c=d",
		"https://DATA.example.org:443/",
		"https://data.example.org./x",
		"https://a.b.example.net/x",
		"https://data.example.com:8443/x",
		"https://any.example.com:7/x",
		"https://any.example.com/x",
	])("%s is fetched", (url) => {
		expect(whyNotFetched(url, RULES)).toBeUndefined();
	});

	it.each([
		["http://data.example.org/", /by https, not by http/],
		["file:///etc/passwd", /not by file/],
		["ftp://data.example.org/", /not by ftp/],
		["https://evil.org/", /not fetched from evil\.org/],
		["https://data.example.org.evil.org/", /not fetched from/],
		["https://example.net/", /not fetched from/],
		["https://evilexample.net/", /not fetched from/],
		["https://data.example.org:8443/", /not fetched from/],
		["https://data.example.com/", /not fetched from/],
		["https://user@data.example.org/", /no user and no password/],
		["https://data.example.org@evil.org/", /no user and no password/],
		["data.example.org/x", /is not a URL/],
		["//data.example.org/x", /is not a URL/],
		["https://", /is not a URL/],
		[`https://data.example.org/${"x".repeat(3000)}`, /at most 2048/],
	])("%s is not: %s", (url, why) => {
		expect(whyNotFetched(url, RULES)).toMatch(why);
	});

	it("is never fetched where no host is configured", () => {
		expect(
			whyNotFetched("https://data.example.org/", { ...RULES, hosts: [] }),
		).toMatch(/upload the data/);
	});

	it.each([
		"http://127.0.0.1/",
		"http://2130706433/",
		"http://0x7f.1/",
		"http://0177.0.0.1/",
		"http://[::1]/",
		"http://[::ffff:10.0.0.1]/",
		"http://169.254.169.254/latest/meta-data",
		"http://[fe80::1]/",
	])("%s leads to no public address", (url) => {
		expect(whyNotFetched(url, ANYWHERE)).toMatch(/not a public one/);
	});
});

describe("an address", () => {
	it.each([
		["8.8.8.8", true],
		["2606:4700::1111", true],
		["10.1.2.3", false],
		["172.31.0.1", false],
		["192.168.0.1", false],
		["100.64.0.1", false],
		["0.0.0.0", false],
		["192.0.2.1", false],
		["255.255.255.255", false],
		["::", false],
		["::ffff:127.0.0.1", false],
		["64:ff9b::a00:1", false],
		["2002:a00:1::", false],
		["fd00::1", false],
		["fe80::1%eth0", false],
		["not an address", false],
	])("%s is public: %s", (address, expected) => {
		expect(isReachable(address, [])).toBe(expected);
	});

	it("that is not public is reached where its network is configured", () => {
		expect(isReachable("10.1.2.3", ["10.1.0.0/16"])).toBe(true);
		expect(isReachable("::ffff:10.1.2.3", ["10.1.0.0/16"])).toBe(true);
		expect(isReachable("10.2.2.3", ["10.1.0.0/16", "fd00::/8"])).toBe(false);
		expect(isReachable("fd00::1", ["10.1.0.0/16", "fd00::/8"])).toBe(true);
	});
});
