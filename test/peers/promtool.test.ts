import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_REPLICAS } from "../../stack/plan.ts";
import { openStack, type Stack } from "../../stack/stack.ts";
import {
	alertNames,
	PROMETHEUS,
	RULES,
	SCENARIOS,
} from "../deploy/monitoring.ts";
import { callerOf } from "../kit/caller.ts";
import { type Outcome, run } from "../kit/command.ts";
import { promtool } from "../kit/promtool.ts";
import { BUILD_TIMEOUT } from "../kit/tools.ts";

let program: string;
beforeAll(async () => {
	program = await promtool();
}, BUILD_TIMEOUT);

describe("rules and alerts", () => {
	it("are what Prometheus takes", async () => {
		expect(await run(program, ["check", "rules", RULES])).toMatchObject({
			code: 0,
			stderr: "",
		});
	});

	it("do in their scenarios what they should", async () => {
		const { code, stdout, stderr } = await run(program, [
			"test",
			"rules",
			SCENARIOS,
		]);
		expect({ code, text: `${stdout}${stderr}` }).toMatchObject({ code: 0 });
	});

	it("have a scenario for each that the operators' guide would be called for at night", () => {
		const scenarios = readFileSync(SCENARIOS, "utf8");
		for (const name of [
			"PolytopeRequestsWaitTooLong",
			"PolytopePoolGone",
			"PolytopeLeasesLost",
			"PolytopeStagingNearlyFull",
			"PolytopeErrorBudgetBurnsFast",
		]) {
			expect(alertNames()).toContain(name);
			expect(scenarios).toContain(`alertname: ${name}`);
		}
	});

	it("would fail where a scenario is not met", async () => {
		const folder = await mkdtemp(join(tmpdir(), "polytope-rules-"));
		try {
			const text = readFileSync(SCENARIOS, "utf8");
			const wrong = text
				.replace("[rules.yaml]", `[${RULES}]`)
				.replace("value: 14", "value: 15");
			await writeFile(join(folder, "wrong.yaml"), wrong);
			const { code } = await run(program, [
				"test",
				"rules",
				join(folder, "wrong.yaml"),
			]);
			expect(code).not.toBe(0);
		} finally {
			await rm(folder, { recursive: true });
		}
	});
});

it("the scrape configuration is one", async () => {
	const folder = await mkdtemp(join(tmpdir(), "polytope-prometheus-"));
	try {
		// The files that it names are mounted where it runs.
		await writeFile(join(folder, "token"), "x");
		const text = readFileSync(PROMETHEUS, "utf8")
			.replace("/etc/prometheus/rules.yaml", RULES)
			.replace("/run/secrets/scrape_token", join(folder, "token"));
		await writeFile(join(folder, "prometheus.yaml"), text);
		const said = await run(program, [
			"check",
			"config",
			join(folder, "prometheus.yaml"),
		]);
		expect(said).toMatchObject({ code: 0 });
	} finally {
		await rm(folder, { recursive: true });
	}
});

describe("the metrics of each role", () => {
	let stack: Stack;
	beforeAll(async () => {
		stack = await openStack({
			config: [],
			replicas: { ...DEFAULT_REPLICAS, worker: 1, gateway: 1 },
		});
		await stack.start();
		const caller = callerOf(stack.url);
		const { location } = await caller.ended(
			await caller.submit("echo", "hello"),
		);
		await (await fetch(location)).text();
	}, BUILD_TIMEOUT);
	afterAll(() => stack?.[Symbol.asyncDispose]());

	it("are as Prometheus wants them, to its linter", async () => {
		const token = readFileSync(join(stack.folder, "token"), "utf8");
		const headers = { authorization: `Bearer ${token}` };
		expect(stack.processes.length).toBeGreaterThan(6);
		for (const { name, grpc } of stack.processes) {
			const answer = await fetch(`${grpc}/metrics`, { headers });
			expect([name, answer.status]).toEqual([name, 200]);
			const said = await checkMetrics(await answer.text());
			expect({ name, ...said }).toEqual({
				name,
				code: 0,
				stdout: "",
				stderr: "",
			});
		}
	});

	it("show nothing to who has no token", async () => {
		for (const { grpc } of stack.processes)
			expect((await fetch(`${grpc}/metrics`)).status).toBe(401);
	});
});

/** `promtool check metrics` reads standard input. */
function checkMetrics(text: string): Promise<Outcome> {
	const child = spawn(program, ["check", "metrics"]);
	const said = { stdout: "", stderr: "" };
	for (const stream of ["stdout", "stderr"] as const)
		child[stream].setEncoding("utf8").on("data", (more: string) => {
			said[stream] += more;
		});
	child.stdin.end(text);
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code) => resolve({ code, ...said }));
	});
}
