import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ConnectError } from "@connectrpc/connect";
import {
	context,
	propagation,
	ROOT_CONTEXT,
	TraceFlags,
	trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../../test/kit/command.ts";
import { fault } from "../faults.ts";
import { openLog } from "../log.ts";
import { isDsn } from "./dsn.ts";
import { openSentry } from "./open.ts";

/** What Sentry would take: events, by the envelope protocol (lines of JSON: the envelope's, then each item's and its own). */
const events: Record<string, unknown>[] = [];
const paths: (string | undefined)[] = [];
let bodies = "";
let server: Server;
let dsn = "";

beforeAll(async () => {
	server = createServer(async (req, res) => {
		const raw = Buffer.concat(await req.toArray());
		const zipped = req.headers["content-encoding"] === "gzip";
		const text = (zipped ? gunzipSync(raw) : raw).toString();
		bodies += text;
		paths.push(req.url);
		const [, ...items] = text.split("\n").filter((line) => line !== "");
		for (let at = 0; at < items.length; at += 2)
			if (JSON.parse(items[at] ?? "").type === "event")
				events.push(JSON.parse(items[at + 1] ?? ""));
		res.setHeader("content-type", "application/json").end("{}");
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (typeof address === "object" && address !== null)
		dsn = `http://0123456789abcdef@127.0.0.1:${address.port}/42`;
	context.setGlobalContextManager(
		new AsyncLocalStorageContextManager().enable(),
	);
});
afterAll(() => {
	context.disable();
	server.close().closeAllConnections();
});
afterEach(() => {
	events.length = 0;
	bodies = "";
});

const quiet = (secrets: string[] = []) =>
	openLog("silent", { secrets, out: { write() {} } });
const open = (log = quiet()) =>
	openSentry(
		{ dsn, environment: "test", release: "polytope-server@1.2.3" },
		log,
	);

const SPAN = {
	traceId: "0af7651916cd43dd8448eb211c80319c",
	spanId: "b7ad6b7169203331",
	traceFlags: TraceFlags.SAMPLED,
};

describe("what Sentry is told", () => {
	it("of a bug: what, where, in which role, release and trace, without secrets", async () => {
		const log = quiet(["correct horse"]);
		await using tracker = await open(log);
		const cause = new RangeError("at postgres://u:hunter2@db/x");
		const err = new TypeError("Bearer s3cretkey correct horse", { cause });
		context.with(trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(SPAN)), () =>
			log
				.of("worker")
				.error(
					{ event: "attempt.failed", requestId: "some-id", err },
					"it failed for someone@example.org",
				),
		);
		await tracker.flush();
		expect(paths.at(-1)).toMatch(/^\/api\/42\/envelope\//);
		expect(events).toHaveLength(1);
		expect(events[0]).toMatchObject({
			level: "error",
			logger: "worker",
			release: "polytope-server@1.2.3",
			environment: "test",
			tags: { role: "worker", event: "attempt.failed" },
			contexts: { trace: { trace_id: SPAN.traceId, span_id: SPAN.spanId } },
			exception: {
				values: [
					{ type: "RangeError", value: "at postgres://[redacted]@db/x" },
					{ type: "TypeError", value: "Bearer [redacted] [redacted]" },
				],
			},
			extra: { said: "it failed for [e-mail]", request_id: "some-id" },
		});
		expect(JSON.stringify(events[0])).toContain("open.test.ts");
		expect(bodies).not.toMatch(/hunter2|s3cretkey|correct|someone@/);
	});

	it("nothing of what is expected, nor of what is no error", async () => {
		const log = quiet();
		await using tracker = await open(log);
		const away = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
		for (const err of [
			fault("INVALID", "a user's"),
			fault("UNAVAILABLE", "away"),
			away,
			new Error("wrapped", { cause: away }),
			new ConnectError("late", 4),
		])
			log.error({ event: "broker.failed", err }, "x");
		log.warn({ event: "lead.failed", err: new TypeError("bug") }, "x");
		log.info({ event: "request.failed" }, "x");
		log.fatal({ event: "part.died" }, "the only one");
		await tracker.flush();
		expect(events).toMatchObject([{ level: "fatal", message: "the only one" }]);
	});

	it("what nobody caught, before the process ends of it", async () => {
		const script = join(import.meta.dirname, "fixtures/crash.ts");
		const { code, stdout, stderr } = await run(process.execPath, [script, dsn]);
		expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
		expect(JSON.parse(stdout)).toMatchObject({
			level: "fatal",
			event: "process.crashed",
			err: { type: "TypeError", message: "nobody caught password=[redacted]" },
		});
		expect(events).toMatchObject([
			{ level: "fatal", tags: { event: "process.crashed" } },
		]);
		expect(bodies).not.toContain("hunter2");
	});
});

describe("beside us", () => {
	it("it leaves tracing alone", async () => {
		const before = [trace.getTracerProvider(), propagation.fields()];
		await using tracker = await open();
		const span = trace.getTracer("x").startSpan("x");
		expect(span.isRecording()).toBe(false);
		expect([trace.getTracerProvider(), propagation.fields()]).toEqual(before);
		await tracker.flush();
	});

	it("it ends in time when it is not heard", async () => {
		const silent = createServer(() => {}).listen(0, "127.0.0.1");
		await once(silent, "listening");
		const address = silent.address();
		const port =
			typeof address === "object" && address !== null ? address.port : 0;
		const log = quiet();
		const tracker = await openSentry(
			{
				dsn: `http://0123456789abcdef@127.0.0.1:${port}/1`,
				environment: "test",
				release: "x",
			},
			log,
		);
		log.error({ event: "lanes.healed" }, "x");
		const begun = performance.now();
		await tracker[Symbol.asyncDispose]();
		expect(performance.now() - begun).toBeLessThan(5_000);
		silent.close().closeAllConnections();
	});
});

it.each([
	["https://key@sentry.example.org/1", true],
	["https://key@sentry.example.org/prefix/12", true],
	["https://sentry.example.org/1", false],
	["key@sentry.example.org/1", false],
	["https://key@sentry.example.org/", false],
])("%s is a DSN: %s", (text, is) => {
	expect(isDsn(text)).toBe(is);
});
