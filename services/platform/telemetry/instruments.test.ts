import { metrics } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, expect, test } from "vitest";
import { bindGauges } from "./instrument.ts";
import { INSTRUMENTS } from "./instruments.ts";
import { prometheusName, Scrape } from "./scrape.ts";

/** A meter provider of the test's own, as the SDK registers one. */
function register(): Scrape {
	const scrape = new Scrape();
	metrics.setGlobalMeterProvider(new MeterProvider({ readers: [scrape] }));
	bindGauges();
	return scrape;
}
afterEach(() => metrics.disable());

const FAILED = {
	"polytope.event": "request.failed",
	"polytope.collection": "echo",
};
const lines = async (scrape: Scrape, name: string): Promise<string[]> =>
	(await scrape.text()).split("\n").filter((line) => line.startsWith(name));

test("what is declared before the SDK starts is measured from its start on", async () => {
	INSTRUMENTS.events.add(1, FAILED);
	const scrape = register();
	INSTRUMENTS.events.add(2, FAILED);
	expect(await lines(scrape, "polytope_events_total")).toEqual([
		'polytope_events_total{polytope_event="request.failed",polytope_collection="echo"} 2',
	]);
});

test("a gauge that was watched before the SDK started is seen", async () => {
	using _ = INSTRUMENTS.slots.watch(() => [[7, {}]]);
	expect(await lines(register(), "polytope_worker_slots ")).toEqual([
		"polytope_worker_slots 7",
	]);
});

test("a gauge shows what is watched now, and nothing that no longer is", async () => {
	const scrape = register();
	const reading = (role: string) => [[1, { "polytope.role": role }]] as const;
	const first = INSTRUMENTS.leading.watch(() => reading("broker"));
	using _ = INSTRUMENTS.leading.watch(() => reading("collector"));
	expect(await lines(scrape, "polytope_leading{")).toHaveLength(2);
	first[Symbol.dispose]();
	expect(await lines(scrape, "polytope_leading{")).toEqual([
		'polytope_leading{polytope_role="collector"} 1',
	]);
});

test("an attribute that the table does not name is dropped", async () => {
	const scrape = register();
	const labels = { ...FAILED, "user.id": "somebody" };
	INSTRUMENTS.events.add(1, labels);
	expect(await scrape.text()).not.toContain("somebody");
});

test("units are in the names, counters end in _total, buckets are those of the table", async () => {
	const scrape = register();
	INSTRUMENTS.bytesServed.add(5, {});
	INSTRUMENTS.connectionWait.record(0.002, {
		"db.client.connection.pool.name": "store",
	});
	using _ = INSTRUMENTS.loopUse.watch(() => [[0.5, {}]]);
	const text = await scrape.text();
	expect(text).toContain("polytope_download_sent_bytes_total 5");
	expect(text).toContain("nodejs_eventloop_utilization_ratio 0.5");
	expect(text).toContain(
		'db_client_connection_wait_time_seconds_bucket{db_client_connection_pool_name="store",le="0.0025"} 1',
	);
});

test("no name ends as another kind's would", () => {
	for (const instrument of Object.values(INSTRUMENTS)) {
		const name = prometheusName(instrument);
		expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
		expect(name).not.toMatch(/_(count|sum|bucket|info)$/);
		expect(name.endsWith("_total")).toBe(
			["counter", "running total"].includes(instrument.kind),
		);
	}
});

test("names are unique, and no attribute could tell of one user or request", () => {
	const all = Object.values(INSTRUMENTS);
	expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
	const labels = new Set(all.flatMap(({ labels }): string[] => [...labels]));
	for (const label of labels)
		expect(label).not.toMatch(/user|request\.id|\bid$|url|key|trace/);
});
