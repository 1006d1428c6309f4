import { randomBytes } from "node:crypto";
import type { Request } from "../../gen/polytope/store/v1/store_pb.js";
import { spanContextOf } from "../platform/telemetry/context.ts";
import { ATTRIBUTE } from "../platform/telemetry/names.ts";
import { isRecording, record } from "../platform/telemetry/recorded.ts";

/**
 * The end of what is kept of a request, in its trace.
 *
 * @param start milliseconds since 1970
 * @param end milliseconds since 1970
 */
export function traceRemovals(
	requests: readonly Request[],
	start: number,
	end: number,
): void {
	if (!isRecording()) return;
	const spans = requests.flatMap(({ id, traceparent, collection }) => {
		const parent = spanContextOf(traceparent);
		if (parent === undefined) return [];
		return [
			{
				name: "expire",
				traceId: parent.traceId,
				spanId: randomBytes(8).toString("hex"),
				parentSpanId: parent.spanId,
				start,
				end,
				attributes: {
					[ATTRIBUTE.lifecycle]: true,
					[ATTRIBUTE.role]: "collector",
					[ATTRIBUTE.requestId]: id,
					[ATTRIBUTE.collection]: collection,
				},
			},
		];
	});
	record("polytope.collector", spans);
}
