import { fromBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import {
	ExportMetricsServiceRequestSchema,
	MetricsService,
} from "../../gen/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.js";
import {
	ExportTraceServiceRequestSchema,
	TraceService,
} from "../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.js";
import type { Config } from "../platform/config/schema.ts";
import type { Log } from "../platform/log.ts";
import { countLost } from "../platform/telemetry/lost.ts";
import { pause } from "../platform/wait.ts";

export type Signal = "traces" | "metrics";

/** Sends on what was received. Whoever offers something never waits. */
export interface Forward {
	/** @param bytes an export request, as protobuf */
	offer(signal: Signal, bytes: Uint8Array): void;
	/** Sends until it is told to end; what waits then goes with it. */
	run(signal: AbortSignal): Promise<void>;
	/** Messages, since the process began. */
	readonly counts: {
		readonly sent: number;
		readonly dropped: number;
		/** Bytes that wait. */
		readonly waiting: number;
	};
}

type Settings = NonNullable<Config["telemetry"]["forward"]>;
type Send = (item: Item, signal: AbortSignal) => Promise<void>;
interface Item {
	readonly signal: Signal;
	readonly bytes: Uint8Array;
}

const TIMEOUT_MS = 10_000;
const FIRST_MS = 250;
const LONGEST_MS = 15_000;
/** A message is tried so often; then it goes, so that one that the other side cannot take does not hold up the rest. */
const TIMES = 6;

/** @param send how one message is sent; in tests another */
export function openForward(
	settings: Settings,
	log: Log,
	send: Send = sender(settings),
): Forward {
	const waiting: Item[] = [];
	const counts = { sent: 0, dropped: 0, waiting: 0 };
	let wake = (): void => {};
	const drop = (why: string): void => {
		counts.dropped += 1;
		countLost("forwarded", 1);
		if (Math.log2(counts.dropped) % 1 === 0)
			log.warn(
				{ event: "forward.dropped", count: counts.dropped, reason: why },
				"telemetry could not be sent on",
			);
	};
	const take = (): Item | undefined => {
		const item = waiting.shift();
		counts.waiting -= item?.bytes.length ?? 0;
		return item;
	};
	const deliver = async (item: Item, stop: AbortSignal): Promise<void> => {
		for (let time = 1, wait = FIRST_MS; !stop.aborted; time += 1) {
			try {
				await send(
					item,
					AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
				);
				counts.sent += 1;
				return;
			} catch (reason) {
				if (time >= TIMES) {
					drop(reason instanceof Error ? reason.message : "it was not taken");
					return;
				}
				await pause(wait, stop);
				wait = Math.min(wait * 2, LONGEST_MS);
			}
		}
	};
	return {
		counts,
		offer(signal, bytes) {
			waiting.push({ signal, bytes });
			counts.waiting += bytes.length;
			while (counts.waiting > settings.queue && waiting.length > 0) {
				take();
				drop("the queue is full");
			}
			wake();
		},
		async run(signal) {
			signal.addEventListener("abort", () => wake());
			while (!signal.aborted) {
				const item = take();
				if (item !== undefined) await deliver(item, signal);
				else
					await new Promise<void>((resolve) => {
						wake = resolve;
					});
			}
		},
	};
}

const sender = (settings: Settings): Send =>
	settings.protocol === "grpc" ? grpcSender(settings) : httpSender(settings);

function grpcSender({ endpoint, headers }: Settings): Send {
	const transport = createGrpcTransport({ baseUrl: endpoint });
	const traces = createClient(TraceService, transport);
	const metrics = createClient(MetricsService, transport);
	return async (item, signal) => {
		const options = { signal, headers: { ...headers } };
		if (item.signal === "traces")
			await traces.export(
				fromBinary(ExportTraceServiceRequestSchema, item.bytes),
				options,
			);
		else
			await metrics.export(
				fromBinary(ExportMetricsServiceRequestSchema, item.bytes),
				options,
			);
	};
}

const httpSender =
	({ endpoint, headers }: Settings): Send =>
	async ({ signal: what, bytes }, signal) => {
		const response = await fetch(`${endpoint}/v1/${what}`, {
			method: "POST",
			headers: { ...headers, "content-type": "application/x-protobuf" },
			body: Buffer.from(bytes),
			signal,
		});
		await response.body?.cancel();
		if (!response.ok) throw new Error(`it answered ${response.status}`);
	};
