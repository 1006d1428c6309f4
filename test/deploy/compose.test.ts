import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { parseDuration } from "../../services/platform/config/duration.ts";
import { isRoleName, ROLE_NAMES, ROLES } from "../../services/roles.ts";
import {
	composeText,
	exampleEnv,
	monitoringText,
	readCompose,
} from "./compose.ts";
import { DEPLOY, filesFor, understand } from "./image.ts";

const { services, networks } = readCompose(exampleEnv());
/** An ending process gives calls and downloads that run so long, after what it drains, ms. */
const FAREWELL_MS = 5_000;

const serviceOf = (name: string) => {
	const found = services[name];
	if (found === undefined) throw new Error(`no service ${name}`);
	return found;
};
const processOf = (name: string) => {
	const { command, environment } = serviceOf(name);
	return understand({ args: command, env: environment });
};

test("each role has its service", () => {
	const ours = Object.entries(services).filter(
		([, { image }]) => image === "polytope-server",
	);
	expect(ours.map(([name]) => name).toSorted()).toEqual(ROLE_NAMES.toSorted());
});

describe.each(ROLE_NAMES)("%s", (role) => {
	it("starts with its configuration, without a warning", () => {
		expect(processOf(role)).toMatchObject({ role, warnings: [] });
	});

	it("knows what it needs and nothing else", () => {
		const { files, variables } = processOf(role);
		expect(files).toEqual(["one-host.yaml", ...filesFor(role)]);
		expect(Object.keys(serviceOf(role).environment).toSorted()).toEqual(
			[...variables].toSorted(),
		);
	});

	it("finds those whom it calls", () => {
		const { config } = processOf(role);
		for (const peer of ROLES[role].peers) {
			const [url = ""] = config.services[peer] ?? [];
			const { hostname, port } = new URL(url);
			expect(processOf(hostname)).toMatchObject({
				role: peer,
				opsPort: Number(port),
			});
		}
	});

	it("is stopped with time to end, and runs on a read-only file system", () => {
		const { read_only, stop_grace_period = "10s" } = serviceOf(role);
		const drain = role === "worker" ? processOf(role).config.worker.drain : 0;
		expect(parseDuration(stop_grace_period)).toBeGreaterThan(
			drain + FAREWELL_MS,
		);
		expect(read_only).toBe(true);
	});
});

it("publishes the proxy alone; what is inside has no way out", () => {
	const published = Object.keys(services).filter(
		(name) => serviceOf(name).ports.length > 0,
	);
	expect(published).toEqual(["proxy"]);
	expect(networks.inside?.internal).toBe(true);
	for (const [name, { networks }] of Object.entries(services))
		expect([name, networks]).toEqual([
			name,
			name === "proxy" ? ["inside", "outside"] : ["inside"],
		]);
});

it("leads from the proxy to the doors", () => {
	const proxy = readFileSync(
		join(DEPLOY, "proxy/default.conf.template"),
		"utf8",
	);
	const targets = [...proxy.matchAll(/set \$\w+ http:\/\/(\w+):(\d+);/g)];
	expect(targets.map(([, host]) => host)).toEqual([
		"gateway",
		"telemetry",
		"staging",
	]);
	for (const [, host = "", port] of targets)
		expect(processOf(host).config.http).toMatchObject({
			host: "0.0.0.0",
			port: Number(port),
		});
});

it("watches the health of all, and waits for what is there", () => {
	for (const [name, { healthcheck, depends_on }] of Object.entries(services)) {
		// The image has one for the roles.
		expect([name, isRoleName(name) || healthcheck !== undefined]).toEqual([
			name,
			true,
		]);
		for (const other of Object.keys(depends_on)) serviceOf(other);
	}
});

it("asks in env.example for what it uses", () => {
	const texts = `${composeText()}${monitoringText()}`;
	const used = [...texts.matchAll(/(?<!\$)\$\{(\w+)/g)];
	expect(Object.keys(exampleEnv()).toSorted()).toEqual(
		[...new Set(used.map(([, name]) => name))].toSorted(),
	);
});
