import { describe, expect, it } from "vitest";
import { openMemoryCache } from "../platform/cache/memory.ts";
import { loadConfig } from "../platform/config/load.ts";
import type { Config } from "../platform/config/schema.ts";
import { hashPassword } from "./argon2.ts";
import { openIdentity } from "./identity.ts";

const clock = { at: 1_000_000, now: () => clock.at };
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

const authentication: Config["authentication"] = {
	first: {
		authenticators: {
			users: {
				type: "plain",
				users: [
					{ uid: "ann", password_hash: await hashPassword("hash:ed") },
					{
						uid: "bob",
						password: "pw:1",
						email: "bob@x.int",
						attributes: { team: "a" },
					},
					{ uid: "twin", password: "one" },
				],
			},
			keys: {
				type: "keys",
				keys: [
					{ key: "clear-key", user: "bob", email: "Bob@x.int" },
					{
						// sha256 of "hashed-key"
						key_hash:
							"a4ae87b73fa5645e6aee415a6f72be4dcbd99d057a7b40cb1b867c181d179260",
						user: "ann",
					},
				],
			},
		},
		authorizers: {
			staff: {
				type: "plain",
				roles: { admin: ["ann"], reader: ["ann", "bob"] },
			},
		},
	},
	second: {
		authenticators: {
			users: { type: "plain", users: [{ uid: "twin", password: "two" }] },
		},
		authorizers: {},
	},
};
const open = () => openIdentity(authentication, clock, openMemoryCache(clock));

/** `user@realm`, or the message of the refusal. */
async function who(header: string, identity = open()): Promise<string> {
	const found = await identity.recognise(header);
	if (found.kind === "refused") return found.message;
	return `${found.caller.username}@${found.caller.realm}`;
}

const UNREADABLE =
	"Could not read authorization header, expected 'Authorization: <type> <credentials>";

describe("whoever is known", () => {
	it.each([
		[basic("ann:hash:ed"), "ann@first"],
		[basic("bob:pw:1"), "bob@first"],
		[basic("twin:one"), "twin@first"],
		[basic("twin:two"), "twin@second"],
		["Bearer clear-key", "bob@first"],
		["bearer hashed-key", "ann@first"],
		["EmailKey bob@X.int:clear-key", "bob@first"],
		["EmailKey whoever@x:hashed-key", "ann@first"],
		[`Bearer wrong, ${basic("bob:pw:1")}`, "bob@first"],
		[`Bearer hashed-key, ${basic("bob:pw:1")}`, "ann@first"],
		[`Negotiate abc, ${basic("bob:pw:1")}`, "bob@first"],
	])("%s is recognised, the first success wins", async (header, user) => {
		expect(await who(header)).toBe(user);
	});

	it("has v1's id, the role default, the roles of the authorizers, and attributes", async () => {
		const found = await open().recognise(basic("bob:pw:1"));
		expect(found).toEqual({
			kind: "caller",
			caller: {
				id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5/),
				username: "bob",
				realm: "first",
				roles: ["default", "reader"],
				attributes: { email: "bob@x.int", team: "a" },
			},
		});
	});

	it("of the sample configuration is demo", async () => {
		const { config } = loadConfig({ files: [], env: {} });
		const identity = openIdentity(
			config.authentication,
			clock,
			openMemoryCache(clock),
		);
		for (const header of [
			basic("demo:demo"),
			"Bearer demo-key",
			"EmailKey demo@example.org:demo-key",
		])
			expect(await who(header, identity)).toBe("demo@demo");
	});
});

describe("whoever is not", () => {
	it.each([
		[basic("ann:wrong")],
		[basic("bob:")],
		[basic("nobody:pw")],
		[basic(":pw")],
		[basic("no colon")],
		[basic("bob:pw:1\n")],
		[basic("bo\0b:pw:1")],
		["Basic !!!"],
		["Basic ="],
		[`Basic ${"QUJD".repeat(10_000)}`],
		["Bearer nope"],
		["Bearer clear-key x"],
		["EmailKey eve@x.int:clear-key"],
		["EmailKey clear-key"],
		["EmailKey :"],
		["Bearer __proto__"],
		[basic("__proto__:x")],
	])("%.60s: Invalid credentials", async (header) => {
		expect(await who(header)).toBe("Invalid credentials");
	});

	it.each([
		["", UNREADABLE],
		["Basic", UNREADABLE],
		["Basic a\r\nb", UNREADABLE],
		[`Bearer ${"x".repeat(100_000)}`, UNREADABLE],
		[
			"Negotiate abc",
			"No authentication providers for authentication type Negotiate",
		],
		[
			"Expired abc",
			"No authentication providers for authentication type unknown",
		],
	])("%.60s is told what is wrong", async (header, message) => {
		expect(await who(header)).toBe(message);
		expect(message.toLowerCase()).not.toContain("expired");
	});

	it("is told every scheme there is", async () => {
		expect(await open().recognise("Bearer nope")).toEqual({
			kind: "refused",
			message: "Invalid credentials",
			challenge:
				'Basic realm="first", Bearer realm="first", EmailKey realm="first", Basic realm="second"',
		});
	});

	it("is anonymous where that is allowed, but not with wrong credentials", async () => {
		const identity = openIdentity(
			{
				open: {
					authenticators: { all: { type: "anonymous", user: "guest" } },
					authorizers: {},
				},
				...authentication,
			},
			clock,
			openMemoryCache(clock),
		);
		expect(await who("", identity)).toBe("guest@open");
		expect(await who("Bearer nope", identity)).toBe("Invalid credentials");
		expect(await who(basic("bob:pw:1"), identity)).toBe("bob@first");
	});
});

describe("cost", () => {
	it("of a success is paid once a minute", async () => {
		const identity = open();
		const first = await identity.recognise(basic("ann:hash:ed"));
		expect(await identity.recognise(basic("ann:hash:ed"))).toBe(first);
		clock.at += 61_000;
		const later = await identity.recognise(basic("ann:hash:ed"));
		expect(later).not.toBe(first);
		expect(later).toEqual(first);
	});

	it("of equal headers at the same time is shared", async () => {
		const identity = open();
		const all = await Promise.all(
			Array.from({ length: 300 }, () =>
				identity.recognise(basic("ann:hash:ed")),
			),
		);
		expect(new Set(all).size).toBe(1);
	});

	it("of guessing is bounded for each user, and none of another's business", async () => {
		const identity = open();
		for (let i = 0; i < 100; i++)
			expect(await who(basic(`bob:${i}`), identity)).toBe(
				"Invalid credentials",
			);
		expect(await who(basic("bob:pw:1"), identity)).toBe("Invalid credentials");
		expect(await who(basic("twin:one"), identity)).toBe("twin@first");
		clock.at += 2_000;
		expect(await who(basic("bob:pw:1"), identity)).toBe("bob@first");
	});

	it("of a hash that cannot be used is an error at the start that does not quote it", () => {
		const hash =
			"$argon2id$v=19$m=1,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA";
		const users = [{ uid: "ann", password_hash: hash }];
		const bad: Config["authentication"] = {
			r: { authenticators: { u: { type: "plain", users } }, authorizers: {} },
		};
		expect(() => openIdentity(bad, clock, openMemoryCache(clock))).toThrow(
			"user 'ann' of realm 'r': an argon2 hash needs p ≥ 1, t ≥ 1 and m ≥ 8p",
		);
	});
});
