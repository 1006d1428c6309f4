import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { metrics } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
	attemptsOf,
	done,
	LEASE,
	openTestStore,
	type TestStore,
} from "../../test/kit/store.ts";
import { Scrape } from "../platform/telemetry/scrape.ts";
import { startCounts } from "./measure.ts";

let kit: TestStore;
let scrape: Scrape;
beforeAll(async () => {
	kit = await openTestStore();
});
beforeEach(() => {
	scrape = new Scrape();
	metrics.disable();
	metrics.setGlobalMeterProvider(new MeterProvider({ readers: [scrape] }));
});
afterAll(async () => {
	metrics.disable();
	await kit[Symbol.asyncDispose]();
});

/** The series of a collection that are not 0, without their buckets. */
async function measured(collection: string): Promise<Record<string, number>> {
	const text = await scrape.text();
	const found = text.matchAll(
		/^polytope_(\w+?)(?:_total)?\{(.*?)\} ([\d.e-]+)$/gm,
	);
	return Object.fromEntries(
		[...found]
			.filter(([, name = "", labels = "", value]) => {
				const mine = labels.includes(`polytope_collection="${collection}"`);
				return mine && !name.endsWith("_bucket") && value !== "0";
			})
			.map(([, name, labels = "", value]) => {
				const others = [...labels.matchAll(/="([^"]*)"/g)]
					.map(([, text = ""]) => text)
					.filter((text) => text !== collection);
				return [[name, ...others].join(" "), Number(value)];
			}),
	);
}

test("a request that is served is measured at each step, by the store's clock", async () => {
	const at = kit.own();
	await kit.submit(at);
	kit.clock.ms += 3_000;
	const attempts = attemptsOf(await kit.admit(at, 1));
	kit.clock.ms += 2_000;
	const { claimed } = await kit.store.claim({
		workerId: "w",
		attempts,
		lease: LEASE,
	});
	kit.clock.ms += 5_000;
	const [one] = claimed;
	const { id = "", attempt = 0 } = one?.request ?? {};
	const it = { id, attempt, key: one?.stagingKey ?? "" };
	await kit.store.settle({ settlements: [done(it)] });
	// A settlement that is sent twice is one end.
	await kit.store.settle({ settlements: [done(it)] });
	expect(await measured(at.collection)).toEqual({
		"events request.accepted": 1,
		"events request.admitted": 1,
		"events request.claimed": 1,
		"events request.processed": 1,
		request_admission_duration_seconds_count: 1,
		request_admission_duration_seconds_sum: 3,
		request_queueing_duration_seconds_count: 1,
		request_queueing_duration_seconds_sum: 2,
		"request_duration_seconds_count processed": 1,
		"request_duration_seconds_sum processed": 10,
	});
});

test("a lease that is lost, and each reason to wait again, are counted", async () => {
	const at = kit.own();
	await kit.processing(at);
	kit.clock.ms += 60_000;
	await kit.store.requeue({ limit: 100, maxAttempts: 3 });
	const temporary = (times: number) => ({
		case: "temporary" as const,
		value: {
			reason: "down",
			first: durationFromMs(1),
			most: durationFromMs(1),
			times,
		},
	});
	for (const outcome of [
		temporary(3),
		temporary(0),
		{ case: "released" as const, value: "its worker was stopped" },
	]) {
		const { id, attempt } = await kit.processing(kit.own());
		const { collection } = await kit.get(id);
		await kit.store.settle({
			settlements: [{ attempt: { requestId: id, attempt }, outcome }],
		});
		const [retry] = Object.keys(await measured(collection)).filter((name) =>
			name.startsWith("request_retries"),
		);
		expect(retry).toBe(
			outcome.case === "released"
				? "request_retries drained"
				: outcome.value.times > 0
					? "request_retries fault"
					: "request_retries outage",
		);
	}
	expect(await measured(at.collection)).toMatchObject({
		"events lease.lost": 1,
		"request_retries silent": 1,
	});
});

test("what a user revokes has ended", async () => {
	const at = kit.own();
	const { id } = await kit.submit(at);
	kit.clock.ms += 4_000;
	await kit.store.cancel({ id, userId: at.userId });
	expect(await measured(at.collection)).toMatchObject({
		"events request.cancelled": 1,
		"request_duration_seconds_sum cancelled": 4,
	});
});

test("counts are shown before they first rise", async () => {
	startCounts(["untouched"]);
	const text = await scrape.text();
	for (const series of [
		'polytope_events_total{polytope_event="lease.lost",polytope_collection="untouched"} 0',
		'polytope_request_retries_total{polytope_collection="untouched",polytope_reason="silent"} 0',
	])
		expect(text).toContain(series);
});
