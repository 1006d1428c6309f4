import { describe, expect, it } from "vitest";
import { until } from "../../test/kit/until.ts";
import { openLog } from "../platform/log.ts";
import { openTestReceiver } from "./fixtures/receiver.ts";
import { type Forward, openForward } from "./forward.ts";
import { spansOf } from "./spans/read.ts";

const log = openLog("silent");
const SETTINGS = {
	endpoint: "http://127.0.0.1:9",
	protocol: "http/protobuf",
	headers: {},
	queue: 10,
} as const;

const running = (forward: Forward): AsyncDisposable => {
	const stop = new AbortController();
	const ended = forward.run(stop.signal);
	return {
		async [Symbol.asyncDispose]() {
			stop.abort();
			await ended;
		},
	};
};

describe("what is sent on", () => {
	it("goes out in order, and the oldest is dropped when too much waits", async () => {
		const sent: number[] = [];
		const gate = Promise.withResolvers<void>();
		const forward = openForward(SETTINGS, log, async ({ bytes }) => {
			await gate.promise;
			sent.push(bytes.length);
		});
		await using _running = running(forward);
		for (const length of [1, 4, 5, 6, 3])
			forward.offer("traces", new Uint8Array(length));
		expect(forward.counts.waiting).toBeLessThanOrEqual(SETTINGS.queue);
		gate.resolve();
		await until("the rest went out", () => forward.counts.waiting === 0);
		await until("all are sent", () => sent.at(-1) === 3);
		expect(sent.slice(-2)).toEqual([6, 3]);
		expect(forward.counts.sent + forward.counts.dropped).toBe(5);
		expect(forward.counts.dropped).toBeGreaterThan(0);
	});

	it("is tried again while nobody takes it", async () => {
		let times = 0;
		const forward = openForward(SETTINGS, log, async () => {
			times += 1;
			if (times < 3) throw new Error("away");
		});
		await using _running = running(forward);
		forward.offer("metrics", new Uint8Array(1));
		await until("it is taken", () => forward.counts.sent === 1);
		expect(times).toBe(3);
		expect(forward.counts.dropped).toBe(0);
	});

	it.each(["grpc", "http/protobuf"] as const)(
		"is a receiver's, over %s",
		async (protocol) => {
			await using peer = await openTestReceiver();
			const endpoint = protocol === "grpc" ? peer.grpc : peer.http;
			const settings = { ...SETTINGS, endpoint, protocol, queue: 10_000 };
			const forward = openForward(settings, log);
			await using _running = running(forward);
			await using own = await openTestReceiver({ forward });
			const traceId = "ab".repeat(16);
			const begin = `${Date.now()}000000`;
			const span = { traceId, spanId: "cd".repeat(8), name: "s" };
			const scopeSpans = [{ spans: [{ ...span, startTimeUnixNano: begin }] }];
			await fetch(`${own.http}/v1/traces`, {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify({ resourceSpans: [{ scopeSpans }] }),
			});
			await until("it is there", async () => {
				const there = await spansOf(peer.db, traceId, 0);
				return there.length === 1;
			});
		},
	);
});
