import { describe, expect, test } from "vitest";
import { whyNotApart } from "./apart.ts";
import { loadConfig } from "./platform/config/load.ts";
import type { RoleName } from "./platform/role.ts";
import { ROLE_NAMES } from "./roles.ts";

const why = (
	roles: readonly RoleName[],
	overrides: Readonly<Record<string, unknown>> = {},
) =>
	whyNotApart(
		loadConfig({ files: [], env: {}, overrides }).config,
		new Set(roles),
	).join("\n");

const PEERS = {
	services: {
		store: "http://127.0.0.1:1",
		staging: ["http://127.0.0.1:2"],
		identity: "http://127.0.0.1:3",
		broker: "http://127.0.0.1:4",
		worker: "http://127.0.0.1:5",
	},
};

test("all roles in one process need nothing of others", () => {
	expect(why(ROLE_NAMES)).toBe("");
});

describe("a process of some roles", () => {
	test.each<[RoleName, string]>([
		["worker", "services.store"],
		["worker", "services.staging"],
		["collector", "services.staging"],
		["gateway", "services.identity"],
		["gateway", "services.broker"],
		["gateway", "services.worker"],
	])("%s must know %s", (role, key) => {
		expect(why([role])).toContain(key);
		expect(why([role], PEERS)).not.toContain(key);
	});

	test.each<[string, readonly RoleName[], string]>([
		["an embedded PostgreSQL", ["store"], "postgres://"],
		["an embedded PostgreSQL", ["telemetry"], "telemetry.store"],
		["a queue in memory", ["worker"], "nats://"],
		["a queue in memory", ["broker", "store"], "nats://"],
		["limits in memory", ["gateway"], "redis://"],
	])("cannot share %s: %s", (_, roles, instead) => {
		expect(why(roles, PEERS)).toContain(instead);
	});

	test("may share what is made for it", () => {
		const store = { url: "postgres://u@h/d" };
		const cache = { url: "redis://h" };
		expect(why(["store"], { store })).toBe("");
		expect(why(["telemetry"], { ...PEERS, store })).toBe("");
		expect(
			why(["telemetry"], { ...PEERS, telemetry: { store: store.url } }),
		).toBe("");
		expect(why(["gateway"], { ...PEERS, cache })).toBe("");
		expect(why(["broker", "worker"], PEERS)).toBe("");
		expect(why(["staging", "identity"])).toBe("");
	});
});
