import { create } from "@bufbuild/protobuf";
import { metrics } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RequestSchema } from "../../gen/polytope/store/v1/store_pb.js";
import { Scrape } from "../platform/telemetry/scrape.ts";
import { measured, watchSlots } from "./measure.ts";
import { openRunning } from "./running.ts";

let scrape: Scrape;
beforeEach(() => {
	scrape = new Scrape();
	metrics.setGlobalMeterProvider(new MeterProvider({ readers: [scrape] }));
});
afterEach(() => metrics.disable());

const request = create(RequestSchema, {
	id: "one",
	collection: "c",
	datasource: "d",
});

test("an attempt is measured by its outcome, with what was read for it", async () => {
	const attempt = openRunning().start(request, "key");
	await measured(attempt, async () => {
		attempt.bytes = 10;
		attempt.fields = 2;
		return { kind: "failed", message: "no" };
	});
	await measured(attempt, async () => undefined);
	const text = await scrape.text();
	const of = 'polytope_collection="c",polytope_datasource="d"';
	for (const series of [
		`polytope_attempt_duration_seconds_count{${of},polytope_outcome="failed"} 1`,
		`polytope_attempt_duration_seconds_count{${of},polytope_outcome="stopped"} 1`,
		`polytope_datasource_read_bytes_total{${of}} 20`,
		`polytope_datasource_fields_total{${of}} 4`,
	])
		expect(text).toContain(series);
});

test("busy slots are those that serve now", async () => {
	const running = openRunning();
	using _ = watchSlots({ slots: 8, running });
	running.start(request, "key");
	const text = await scrape.text();
	expect(text).toContain("polytope_worker_slots 8");
	expect(text).toContain("polytope_worker_slots_busy 1");
});
