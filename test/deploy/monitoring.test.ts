import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROLE_NAMES } from "../../services/roles.ts";
import { callerOf } from "../kit/caller.ts";
import { freePort } from "../kit/ports.ts";
import { type Product, startProduct } from "../kit/product.ts";
import { until } from "../kit/until.ts";
import { monitoringText } from "./compose.ts";
import { DEPLOY } from "./image.ts";
import {
	alertNames,
	asked,
	groupings,
	PROMETHEUS,
	queries,
	recordedNames,
	scraped,
} from "./monitoring.ts";

/** What Prometheus itself adds: a series about each process that it scrapes, and labels to all that it got there. */
const OWN_METRICS = ["up"];
const OWN_LABELS = ["job", "instance", "role"];

let product: Product;
let folder: string;
let metrics: ReadonlyMap<string, ReadonlySet<string>>;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "polytope-monitoring-"));
	const config = join(folder, "config.yaml");
	await writeFile(config, "collections: {sample: null}\n");
	const port = await freePort();
	product = await startProduct({
		config: [config],
		args: ["--ops-port", `${port}`],
	});
	const scrape = async () =>
		(await fetch(`http://127.0.0.1:${port}/metrics`)).text();
	await serveOne(product.url);
	await until("the collector has worked", async () => {
		const text = await scrape();
		return text.includes('polytope_leading{polytope_role="collector"}');
	});
	// What leaders see of the queue comes a moment later.
	await until("the queue was looked at", async () => {
		metrics = scraped(await scrape());
		return metrics.has("polytope_queue_pending");
	});
}, 120_000);
afterAll(async () => {
	await product?.[Symbol.asyncDispose]();
	await rm(folder, { recursive: true, force: true });
});

/** One request, from its submission to its download. */
async function serveOne(url: string): Promise<void> {
	const caller = callerOf(url);
	const { location } = await caller.ended(await caller.submit("echo", "hello"));
	expect(await (await fetch(location)).text()).toBe("hello");
}

describe("Prometheus beside the containers", () => {
	it("scrapes each role", () => {
		const text = readFileSync(PROMETHEUS, "utf8");
		const [, names = ""] = /names: \[([^\]]*)\]/.exec(text) ?? [];
		expect(names.split(", ").toSorted()).toEqual(ROLE_NAMES.toSorted());
	});

	it("finds the files that are mounted, and those behind it", () => {
		const mounts = [...monitoringText().matchAll(/- "?(\.\/[\w./-]+):/g)];
		const all = [
			...mounts,
			...monitoringText().matchAll(/\["(\.\/[\w./-]+):/g),
		];
		expect(all.length).toBe(5);
		for (const [, file = ""] of all)
			expect([file, existsSync(join(DEPLOY, file))]).toEqual([file, true]);
	});
});

it("workers are scaled by what the rules reckon, through the adapter", () => {
	const read = (file: string) => readFileSync(join(DEPLOY, file), "utf8");
	const [, metric = ""] =
		/metric: \{ name: (\w+) \}/.exec(
			read("kubernetes/overlays/cluster/scaling.yaml"),
		) ?? [];
	expect(recordedNames()).toContain(metric);
	const adapter = read("monitoring/prometheus-adapter.yaml");
	for (const part of [
		`seriesQuery: ${metric}`,
		`name: { as: ${metric} }`,
		`metricsQuery: max(${metric})`,
	])
		expect(adapter).toContain(part);
});

it("the page about metrics tells what to do at each alert", () => {
	const page = readFileSync(join(DEPLOY, "../docs/metrics.md"), "utf8");
	for (const name of alertNames()) expect(page).toContain(`\`${name}\``);
});

describe("dashboard, rules and alerts", () => {
	it("ask for metrics and labels that a running product has", () => {
		const all = queries();
		expect(all.length).toBeGreaterThan(60);
		const recorded = recordedNames();
		const missing = all.flatMap((query) =>
			asked(query).flatMap(({ metric, labels }) => {
				if (OWN_METRICS.includes(metric) || recorded.includes(metric))
					return [];
				const known = metrics.get(metric);
				if (known === undefined) return [`${query.where}: ${metric}`];
				return labels
					.filter((label) => !known.has(label) && !OWN_LABELS.includes(label))
					.map((label) => `${query.where}: ${metric}{${label}}`);
			}),
		);
		expect(missing).toEqual([]);
	});

	it("group by labels that there are", () => {
		const known = new Set([
			...OWN_LABELS,
			...[...metrics.values()].flatMap((labels) => [...labels]),
		]);
		const missing = queries().flatMap((query) =>
			groupings(query)
				.filter((label) => !known.has(label))
				.map((label) => `${query.where}: ${label}`),
		);
		expect(missing).toEqual([]);
	});

	it("would be seen to ask for what there is not", () => {
		const text =
			'sum by (le) (rate(gone_bucket{a="x{y}", b!~"z"}[5m])) / on (c) group_left max(other:ratio) > 3 and up == 1';
		expect(asked({ where: "here", text })).toEqual([
			{ metric: "gone_bucket", labels: ["a", "b"] },
			{ metric: "other:ratio", labels: [] },
			{ metric: "up", labels: [] },
		]);
		expect(groupings({ where: "here", text })).toEqual(["le", "c"]);
	});
});
