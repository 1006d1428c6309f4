import { type Attributes, TraceFlags } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { countLost } from "./lost.ts";
import { nearSender } from "./near.ts";
import { type Outbox, openOutbox, type Send } from "./otlp/outbox.ts";
import { Packer, requestMaker } from "./otlp/packer.ts";
import { type Otlp, senderTo } from "./otlp/senders.ts";
import type { RecordedSpan } from "./recorded.ts";

export interface TracesOptions {
	/** Of all traces, those whose inner spans are wanted: from 0 to 1. */
	readonly share: number;
	readonly otlp?: Otlp | undefined;
	/** Whether a role of this process takes spans, and whether it hands all on. */
	readonly near: boolean;
	readonly forwarded: boolean;
}

/** Bytes that wait for a receiver, some 15,000 spans: one that is away costs no more memory, however long. */
const MOST = 4 * 2 ** 20;
/** Bytes of one request; gRPC's receivers take 4 MiB. */
const BATCH = 256 * 1024;
const DELAY_MS = 1_000;
/** No request is waited for longer, and no end of a process. */
const TIMEOUT_MS = 5_000;
const AGAIN_MS = 1_000;

/** The spans of this process, on their way to who takes them. */
export interface Traces {
	/** Takes those that the SDK makes. */
	readonly processor: SpanProcessor;
	/** Whether anybody takes spans of the life of requests. */
	readonly lifecycle: boolean;
	/** Takes one that was made of what was written down. */
	record(scope: string, span: RecordedSpan): void;
	/** Sends what waits. @returns spans for which nobody was there */
	close(): Promise<number>;
}

/** What sends spans on, some at a time, off the way of those who make them; undefined where nobody takes them. */
export function openTraces(
	{ otlp, near, forwarded }: TracesOptions,
	resource: Attributes,
): Traces | undefined {
	const make = requestMaker(resource);
	const open = (send: Send): Outbox =>
		openOutbox({
			...{ most: MOST, batch: BATCH, timeout: TIMEOUT_MS, again: AGAIN_MS },
			...{ make, send, lost: (spans) => countLost("spans", spans) },
		});
	const far = otlp && open(senderTo(otlp));
	const own = near ? open(nearSender) : undefined;
	if (far === undefined && own === undefined) return undefined;
	const packer = new Packer((packet) => {
		far?.offer(packet);
		// Our own telemetry knows the life of requests from the store.
		if (forwarded || !packet.lifecycle) own?.offer(packet);
	});
	const flush = (): void => {
		packer.cut();
		far?.flush();
		own?.flush();
	};
	const timer = setInterval(flush, DELAY_MS);
	timer.unref();
	const processor: SpanProcessor = {
		onStart: () => undefined,
		onEnd(span) {
			if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0)
				packer.readable(span);
		},
		forceFlush: async () => flush(),
		shutdown: async () => undefined,
	};
	return {
		processor,
		lifecycle: far !== undefined || forwarded,
		record: (scope, span) => packer.recorded(scope, span),
		async close() {
			clearInterval(timer);
			packer.cut();
			const [unsent = 0] = await Promise.all([
				far?.close(TIMEOUT_MS),
				own?.close(TIMEOUT_MS),
			]);
			return unsent;
		},
	};
}
