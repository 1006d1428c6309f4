import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newRequestId, newStagingKey } from "../ids.ts";
import { openScrub } from "./scrub.ts";

const { text, value } = openScrub();

describe("what is taken out of texts", () => {
	it.each([
		["Authorization: Basic ZGVtbzpkZW1v", "ZGVtbzpkZW1v"],
		['{"authorization":"Bearer s3cretkey"}', "s3cretkey"],
		["authorization: EmailKey someone@example.org:abcd1234", "abcd1234"],
		["X-Auth-Token: hunter2; more of it", "hunter2"],
		["x-auth-roles: 'inner circle'", "inner circle"],
		["Cookie: session=abc; other=def", "def"],
		["set-cookie: sid=q1w2e3; HttpOnly", "q1w2e3"],
		["refused Bearer abc.def-ghi", "abc.def-ghi"],
		["password=hunter2 host=db", "hunter2"],
		["password: 'hunter 2'", "hunter 2"],
		['{"secret_key": "wJalrXUtnFEMI/K7MDENG"}', "K7MDENG"],
		["api-key=abcdef", "abcdef"],
		["x-polytope-token: inside", "inside"],
		["postgres://polytope:hunter2@db:5432/x", "hunter2"],
		["postgres://polytope:hun/ter?2#@db:5432/x", "ter"],
		["redis://:hunter2@cache:6379", "hunter2"],
		["nats://token@queue:4222", "token"],
		["https://s3/b/o?X-Amz-Signature=abcdef&X-Amz-Date=2", "abcdef"],
		["GET /api/v1/requests?token=abcdef", "abcdef"],
		["/api/v1/x?anything%20at=all", "anything"],
		["written by jane.doe+x@mail.example.org today", "jane"],
		["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "eyJ"],
		[
			"-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----",
			"MHcCAQ",
		],
		["dsn: https://0123abcd@sentry.example.org/1", "0123abcd"],
	])("%s", (said, secret) => {
		expect(text(said)).not.toContain(secret);
	});

	it.each([
		"the store did not answer a claim; its dispatches are given back",
		"request 0199e0e5-4a6e-7b7e-8f33-2f7d5ab01c22 is processing",
		"the configuration is valid: 4 collections",
		"at openWorld (file:///srv/services/wiring.ts:57:12)",
		"connect ECONNREFUSED 127.0.0.1:5432",
		"http://127.0.0.1:8080/api/v1/requests",
		"traceparent 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"host-123-a1b2c3 leads shard 0",
		"node_modules/@connectrpc/connect-node/dist/node-transport.js",
		"fields: 12, bytes: 1024",
	])("not: %s", (said) => {
		expect(text(said)).toBe(said);
	});

	it("takes out every staging key, and no request id", () => {
		for (let time = 0; time < 2000; time += 1) {
			const key = newStagingKey();
			const id = newRequestId();
			const said = text(
				`GET /api/v1/downloads/${key}.grib of ${id}, staging/a/${key}`,
			);
			expect(said).toContain(id);
			expect(said).toContain("/downloads/[redacted]");
			// A key of words alone cannot be told from words; they are one in thousands.
			if (/\d/.test(key)) expect(said).not.toContain(key);
		}
	});

	it("knows the configured secrets wherever they stand", () => {
		const secret = 'p@ss"w/ör d';
		const known = openScrub([secret, "short"]);
		for (const said of [
			`FATAL: no pg_hba entry for ${secret}`,
			JSON.stringify({ anything: secret }),
			`at ${encodeURIComponent(secret)}:1`,
		])
			expect(known.text(said)).not.toMatch(/ss.{0,3}w|r(%20| )d/);
		expect(known.text("a short text")).toBe("a short text");
	});
});

/** Places in which secrets turn up. */
const PLACES: readonly ((secret: string) => string)[] = [
	(secret) => `Authorization: Bearer ${secret}`,
	(secret) => `authorization=Basic ${Buffer.from(secret).toString("base64")}`,
	(secret) => `"password": ${JSON.stringify(secret)}`,
	(secret) => `postgres://user:${encodeURIComponent(secret)}@host:5432/db`,
	(secret) => `https://s3.example/b/k?X-Amz-Signature=${secret}`,
	(secret) => `/api/v1/x?k=${secret}`,
	(secret) => `api_key=${secret}`,
	(secret) => `${secret}@mail.example.org`,
];
const WORDS = fc.stringMatching(/^[a-z ,.;]{0,40}$/);
/** Marked, so that it is found whole or in part. */
const SECRETS = fc
	.stringMatching(/^[A-Za-z0-9]{1,20}$/)
	.map((middle) => `Qx7${middle}7xQ`);

describe("whatever stands around them", () => {
	it("secrets go, and what is clean stays clean", () => {
		fc.assert(
			fc.property(
				SECRETS,
				fc.constantFrom(...PLACES),
				WORDS,
				WORDS,
				(secret, place, before, after) => {
					const said = text(`${before} ${place(secret)} ${after}`);
					expect(said).not.toContain("Qx7");
					expect(said).not.toContain("7xQ");
					expect(text(said)).toBe(said);
				},
			),
		);
	});

	it("they go from everything inside of a value", () => {
		fc.assert(
			fc.property(SECRETS, fc.constantFrom(...PLACES), (secret, place) => {
				const said = place(secret);
				const inner = Object.assign(new Error(said), {
					headers: { authorization: secret },
				});
				const whole = new AggregateError([inner], "several", {
					cause: new TypeError(said, { cause: { list: [said], map: [said] } }),
				});
				const record = JSON.stringify([
					value(whole),
					value({ a: { b: [said] }, [said]: 1, password: secret }),
					value(new Map([["x", new Set([said])]])),
				]);
				expect(record).not.toMatch(/Qx7|7xQ/);
			}),
		);
	});

	it("nothing makes it fail, and it stays bounded", () => {
		fc.assert(
			fc.property(fc.anything({ withDate: true, withMap: true }), (any) => {
				JSON.stringify(value(any));
			}),
		);
		const key = { toString: "no function" };
		expect(value(new Map([[key, 1]]))).toEqual({ "[object]": 1 });
		const again: { self?: unknown } = {};
		again.self = again;
		expect(value(again)).toEqual({ self: "[again]" });
		expect(text("x".repeat(1e6)).length).toBeLessThan(10_000);
	});

	it("takes no longer than the text is long", () => {
		for (const bit of [
			"a",
			"a-",
			"@",
			"a@",
			"=",
			"/",
			"?",
			"://",
			"eyJ",
			"-",
		]) {
			const hostile = bit.repeat(65_536 / bit.length);
			const begun = performance.now();
			text(hostile);
			expect(performance.now() - begun, bit).toBeLessThan(500);
		}
	});
});
