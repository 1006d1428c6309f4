import { describe, expect, test } from "vitest";
import { loadConfig } from "./load.ts";

const load = (services: Readonly<Record<string, unknown>>) =>
	loadConfig({ files: [], env: {}, overrides: { services } }).config.services;

const tls = { ca: "ca.pem", cert: "cert.pem", key: "key.pem" };

describe("services", () => {
	test("takes one address or several", () => {
		expect(load({ store: "http://localhost:1/" }).store).toEqual([
			"http://localhost:1",
		]);
		const both = ["http://127.0.0.1:1", "http://[::1]:2"];
		expect(load({ store: both }).store).toEqual(both);
	});

	test.each<[string, Record<string, unknown>]>([
		["path", { store: "http://127.0.0.1:1/x" }],
		["gRPC ports", { staging: ["grpc://127.0.0.1:1"] }],
		["gRPC ports", { staging: [] }],
		["services.token", { store: "http://10.0.0.1:1" }],
		["services.token", { store: ["http://127.0.0.1:1", "http://store:1"] }],
		["services.token", { host: "0.0.0.0" }],
		["https://", { store: "http://10.0.0.1:1", tls }],
		["http://", { store: "https://127.0.0.1:1" }],
		["cert", { tls: { ca: "ca.pem" } }],
	])("refuses with a word of %s: %o", (word, services) => {
		expect(() => load(services)).toThrow(word);
	});

	test("trusts others by a token or by certificates", () => {
		expect(load({ host: "0.0.0.0", token: "x" }).host).toBe("0.0.0.0");
		expect(load({ store: "https://store:1", tls }).tls?.ca).toMatch(/^\/.*ca/);
	});
});
