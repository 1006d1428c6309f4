import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import {
	InMemorySpanExporter,
	SimpleSpanProcessor,
	TracerProvider,
} from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import {
	attemptsOf,
	done,
	LEASE,
	openTestStore,
	type TestAttempt,
	type TestStore,
} from "../../test/kit/store.ts";
import { openLog } from "../platform/log.ts";
import { Scrape } from "../platform/telemetry/scrape.ts";

interface Line {
	readonly event: string;
	readonly level: string;
	readonly request_id: string;
	readonly collection: string;
	readonly reason?: string;
	readonly trace_id?: string;
}

const lines: Line[] = [];
const log = openLog("debug", {
	out: { write: (line: string) => void lines.push(JSON.parse(line)) },
});
const scrape = new Scrape();
const spans = new InMemorySpanExporter();
const tracing = new TracerProvider({
	spanProcessors: [new SimpleSpanProcessor({ exporter: spans })],
});
let test: TestStore;

beforeAll(async () => {
	context.setGlobalContextManager(
		new AsyncLocalStorageContextManager().enable(),
	);
	trace.setGlobalTracerProvider(tracing);
	metrics.setGlobalMeterProvider(new MeterProvider({ readers: [scrape] }));
	test = await openTestStore(log.of("store"));
});
afterAll(async () => {
	await test[Symbol.asyncDispose]();
	trace.disable();
	metrics.disable();
	context.disable();
});
beforeEach(() => void lines.splice(0));

/** What was told of a request, in order. */
const told = (id: string): string[] =>
	lines.filter((line) => line.request_id === id).map(({ event }) => event);

const BEGUN = ["request.accepted", "request.admitted", "request.claimed"];
const at = ({ id, attempt }: TestAttempt) => ({ requestId: id, attempt });
it("tells each change once, though it is asked for twice", async () => {
	const { store } = test;
	const one = await test.processing(test.own());
	await store.settle({ settlements: [done(one)] });
	await store.settle({ settlements: [done(one)] });
	expect(told(one.id)).toEqual([...BEGUN, "request.processed"]);
	await store.remove({ ids: [one.id] });
	await store.remove({ ids: [one.id] });
	expect(told(one.id).slice(4)).toEqual(["request.expired"]);
	expect(lines.map(({ level }) => level)).toEqual([
		...["debug", "debug", "debug", "info", "debug"],
	]);
});

it("tells as many changes as the row knows", async () => {
	const { store, clock } = test;
	const lane = test.own();
	const one = await test.processing(lane);
	const first = { seconds: 1n, nanos: 0 };
	const times = { reason: "down", first, most: first, times: 5 };
	await store.settle({
		settlements: [
			{ attempt: at(one), outcome: { case: "temporary", value: times } },
		],
	});
	clock.ms += 60_000;
	await store.ripen({ limit: 10 });
	const claimAgain = async (): Promise<TestAttempt> => {
		const attempts = attemptsOf(await test.admit(lane, 1));
		await store.claim({ workerId: "w", attempts, lease: LEASE });
		return { ...one, attempt: attempts[0]?.attempt ?? 0 };
	};
	const drained = at(await claimAgain());
	await store.settle({
		settlements: [
			{ attempt: drained, outcome: { case: "released", value: "drained" } },
		],
	});
	await claimAgain();
	clock.ms += 60_000;
	await store.requeue({ limit: 10, maxAttempts: 9 });
	await claimAgain();
	clock.ms += 60_000;
	await store.requeue({ limit: 10, maxAttempts: 1 });
	await store.revive({ ids: [one.id] });
	await store.cancel({ id: one.id, userId: lane.userId });
	const again = ["request.admitted", "request.claimed"];
	expect(told(one.id)).toEqual([
		...[...BEGUN, "request.retried"],
		...[...again, "request.released"],
		...[...again, "lease.lost"],
		...[...again, "lease.lost", "request.failed"],
		...["request.revived", "request.cancelled"],
	]);
	const { history } = await test.get(one.id);
	const besides = told(one.id).filter((name) => name === "lease.lost");
	// The last lost lease is also a failure.
	expect(told(one.id)).toHaveLength(history.length + besides.length - 1);
	const why = lines.filter(({ reason }) => reason !== undefined);
	expect(why.map(({ reason }) => reason)).toEqual([
		expect.stringMatching(/^down \(tried again/),
		"drained",
		"its worker fell silent",
		"its worker fell silent",
		"its worker fell silent",
	]);
});

it("tells of uploads, those that came and those that did not", async () => {
	const { store, clock } = test;
	const lane = test.own();
	const came = await test.submit(lane, { uploading: true });
	const { stagingKey: key } = await store.beginUpload({
		id: came.id,
		userId: lane.userId,
	});
	const input = { key, length: 1n, sha256: "aa", md5: "bb" };
	await store.endUpload({ id: came.id, userId: lane.userId, input });
	await store.endUpload({ id: came.id, userId: lane.userId, input });
	expect(told(came.id)).toEqual(["request.accepted", "request.uploaded"]);
	const late = await test.submit(lane, { uploading: true });
	await store.failUploads({
		modifiedBefore: timestampFromMs(clock.ms + 1),
		limit: 10,
	});
	expect(told(late.id)).toEqual(["request.accepted", "request.failed"]);
});

it("says the same in the span, in the count and in the log", async () => {
	const span = tracing.getTracer("test").startSpan("test");
	const lane = test.own();
	await context.with(trace.setSpan(context.active(), span), async () => {
		const one = await test.processing(lane);
		await test.store.settle({ settlements: [done(one)] });
	});
	const names = [...BEGUN, "request.processed"];
	await tracing.forceFlush();
	const events = spans.getFinishedSpans().flatMap(({ events }) => events);
	expect(events).toMatchObject(
		names.map((name) => ({
			name,
			attributes: { "polytope.collection": lane.collection },
		})),
	);
	const series =
		/^polytope_events_total\{polytope_event="(\S+)",polytope_collection="(\S+)"\} (\d+)$/gm;
	const counted = [...(await scrape.text()).matchAll(series)]
		.filter(([, , collection]) => collection === lane.collection)
		.map(([, event, , value]) => [event, Number(value)]);
	expect(counted).toEqual(names.map((name) => [name, 1]));
	expect(lines.map(({ event }) => event)).toEqual(names);
	expect(lines[0]).toMatchObject({ trace_id: span.spanContext().traceId });
	expect(lines[3]).toMatchObject({ bytes: 5, duration: 0 });
});

it("says in whose trace it was, though many requests share a call", async () => {
	const traces = ["1", "2"].map((digit) => digit.repeat(32));
	const lane = test.own();
	await test.store.createMany({
		requests: traces.map((trace) => ({
			user: { id: lane.userId, username: "a", realm: "r", roles: [] },
			collection: lane.collection,
			verb: "retrieve",
			posted: "x",
			coerced: "{}",
			datasource: "echo",
			traceparent: `00-${trace}-b7ad6b7169203331-00`,
		})),
	});
	await test.admit(lane, 2);
	expect(lines.map(({ trace_id }) => trace_id)).toEqual([...traces, ...traces]);
});

it("costs next to nothing where nobody listens", async () => {
	log.levels.set("store", "error");
	const { requestClaimed } = await import("../platform/telemetry/events.ts");
	const happened = { requestId: "x", collection: "c", attempt: 1 };
	const say = log.of("store");
	const begun = performance.now();
	for (let time = 0; time < 20_000; time += 1) requestClaimed(say, happened);
	const microseconds = (performance.now() - begun) / 20;
	log.levels.set("store", undefined);
	// With a counter that counts; a few on a busy machine.
	expect(microseconds).toBeLessThan(100);
	expect(lines).toEqual([]);
});
