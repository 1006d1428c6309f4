import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { context, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openLog } from "./log.ts";

beforeAll(() => {
	context.setGlobalContextManager(
		new AsyncLocalStorageContextManager().enable(),
	);
});
afterAll(() => context.disable());

/** A log and the lines that it wrote. */
function open(level: string, levels = {}, secrets: string[] = []) {
	const lines: string[] = [];
	const out = { write: (line: string) => void lines.push(line) };
	const log = openLog(level, { out, levels, secrets });
	return { log, lines: () => lines.map((line) => JSON.parse(line)) };
}

it("writes a line of JSON: when, how grave, who, what", () => {
	const { log, lines } = open("info");
	const before = Date.now();
	log
		.of("worker")
		.info({ event: "request.processed", requestId: "some", bytes: 3 }, "done");
	const [{ time, ...line }] = lines();
	expect(new Date(time).toISOString()).toBe(time);
	expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
	expect(line).toEqual({
		level: "info",
		role: "worker",
		event: "request.processed",
		request_id: "some",
		bytes: 3,
		msg: "done",
	});
});

it("names the active span", () => {
	const { log, lines } = open("info");
	const span = trace.wrapSpanContext({
		traceId: "0af7651916cd43dd8448eb211c80319c",
		spanId: "b7ad6b7169203331",
		traceFlags: TraceFlags.NONE,
	});
	context.with(trace.setSpan(ROOT_CONTEXT, span), () =>
		log.info({ event: "lead.begun" }, "leading now"),
	);
	log.info({ event: "lead.begun" }, "leading now");
	expect(lines()[0]).toMatchObject({
		role: "process",
		trace_id: "0af7651916cd43dd8448eb211c80319c",
		span_id: "b7ad6b7169203331",
	});
	expect(lines()[1]).not.toHaveProperty("trace_id");
});

it("tells of an error what it is and why, and nothing that hangs on it", () => {
	const { log, lines } = open("info", {}, ["correct horse"]);
	const cause = Object.assign(new Error("connect ECONNREFUSED"), {
		code: "ECONNREFUSED",
		config: { password: "hunter2" },
	});
	const err = new TypeError("it is correct horse", { cause });
	log.error({ event: "attempt.bug", err }, "correct horse again");
	const [line] = lines();
	expect(line.err).toMatchObject({
		type: "TypeError",
		message: "it is [redacted]",
		cause: { code: "ECONNREFUSED", message: "connect ECONNREFUSED" },
	});
	expect(Object.keys(line.err.cause).sort()).toEqual(
		["type", "message", "stack", "code"].sort(),
	);
	expect(JSON.stringify(line)).not.toMatch(/hunter2|correct horse/);
});

it("has a level for each role, which can be changed and put back", () => {
	const { log, lines } = open("warn", { worker: "debug" });
	const worker = log.of("worker");
	const store = log.of("store");
	const said = () => {
		const before = lines().length;
		for (const one of [worker, store, log])
			one.debug({ event: "request.claimed" }, "x");
		return lines()
			.slice(before)
			.map(({ role }) => role);
	};
	expect(said()).toEqual(["worker"]);
	expect(log.levels.set("store", "debug")).toBe(true);
	expect(said()).toEqual(["worker", "store"]);
	expect(log.levels.set(undefined, "debug")).toBe(true);
	expect(said()).toEqual(["worker", "store", "process"]);
	expect(log.levels.set("worker", "error")).toBe(true);
	expect(log.levels.all()).toEqual({
		process: "debug",
		worker: "error",
		store: "debug",
	});
	log.levels.set(undefined, undefined);
	expect(said()).toEqual(["worker"]);
	expect(log.levels.set("nobody", "debug")).toBe(false);
	expect(store.enabled("debug")).toBe(false);
});

it("reports what is grave, scrubbed, whatever its level lets through", () => {
	const { log, lines } = open("silent");
	const reported: unknown[] = [];
	log.reportTo((line) => reported.push(line));
	log.of("store").warn({ event: "start.waits" }, "x");
	log
		.of("store")
		.error(
			{ event: "lanes.healed", what: "postgres://u:hunter2@h/d" },
			"password=hunter2",
		);
	expect(lines()).toEqual([]);
	expect(reported).toHaveLength(1);
	expect(reported[0]).toMatchObject({
		level: "error",
		role: "store",
		message: "password=[redacted]",
		record: { event: "lanes.healed", what: "postgres://[redacted]@h/d" },
	});
});

it("goes on when whoever reads its output does not", async () => {
	const script = join(import.meta.dirname, "log/fixtures/flood.ts");
	const child = spawn(process.execPath, [script], {
		stdio: ["ignore", "pipe", "pipe"],
	});
	child.stdout.pause();
	const [said] = await once(child.stderr, "data");
	expect(String(said)).toBe("still here\n");
});
