import { toBinary } from "@bufbuild/protobuf";
import {
	type ExportMetricsServiceRequest,
	ExportMetricsServiceRequestSchema,
} from "../../../gen/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.js";
import {
	type ExportTraceServiceRequest,
	ExportTraceServiceRequestSchema,
} from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.js";
import { fault } from "../../platform/faults.ts";
import type { Forward } from "../forward.ts";
import type { SpanKeeper } from "../spans/keeper.ts";
import { innerSpans } from "./span.ts";

/** What of an export was not taken, and why. */
export interface Rejection {
	readonly count: number;
	readonly why: string;
}

/** Takes what exporters send, however it came. */
export interface Receiver {
	/** @throws fault UNAVAILABLE: the exporter may send it again later */
	traces(request: ExportTraceServiceRequest): Promise<Rejection>;
	metrics(request: ExportMetricsServiceRequest): void;
	/** Since the process began. */
	readonly counts: Readonly<Counts>;
}

interface Counts {
	spans: number;
	rejected: number;
	metrics: number;
}

/** Exports that wait for the database at once; more are sent away, so that nothing piles up here. */
const AT_ONCE = 32;

/** @param forward where everything goes besides */
export function openReceiver(
	keeper: SpanKeeper,
	forward: Forward | undefined,
): Receiver {
	const counts: Counts = { spans: 0, rejected: 0, metrics: 0 };
	let busy = 0;
	return {
		counts,
		async traces(request) {
			if (busy >= AT_ONCE)
				throw fault("UNAVAILABLE", "too many exports at once");
			const { spans, unusable } = innerSpans(request.resourceSpans);
			busy += 1;
			try {
				const { rejected, why } = await keeper.keep(spans);
				// Not before they are kept: what is sent again would go out twice.
				forward?.offer(
					"traces",
					toBinary(ExportTraceServiceRequestSchema, request),
				);
				const count = rejected + unusable;
				counts.spans += spans.length - rejected;
				counts.rejected += count;
				const lame = unusable > 0 ? "without an id or a begin" : "";
				return { count, why: [why, lame].filter(Boolean).join("; ") };
			} finally {
				busy -= 1;
			}
		},
		metrics(request) {
			counts.metrics += 1;
			forward?.offer(
				"metrics",
				toBinary(ExportMetricsServiceRequestSchema, request),
			);
		},
	};
}
