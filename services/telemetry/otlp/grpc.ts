import type { ConnectRouter } from "@connectrpc/connect";
import { MetricsService } from "../../../gen/opentelemetry/proto/collector/metrics/v1/metrics_service_pb.js";
import { TraceService } from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.js";
import { traceAnswer } from "./partial.ts";
import type { Receiver } from "./receiver.ts";

/** OTLP over gRPC, on the port of the process. @param most bytes of one message */
export const otlpRoutes =
	(receiver: Receiver, most: number) =>
	(router: ConnectRouter): void => {
		const bounds = { readMaxBytes: most };
		router.service(
			TraceService,
			{
				export: async (request) => traceAnswer(await receiver.traces(request)),
			},
			bounds,
		);
		router.service(
			MetricsService,
			{
				export: (request) => {
					receiver.metrics(request);
					return {};
				},
			},
			bounds,
		);
	};
