import { randomBytes } from "node:crypto";
import type { Dispatch } from "../../gen/polytope/store/v1/store_pb.js";
import { isSampled, spanContextOf } from "../platform/telemetry/context.ts";
import { ATTRIBUTE } from "../platform/telemetry/names.ts";
import { record, tracing } from "../platform/telemetry/recorded.ts";

/**
 * The look that admitted them, in the trace of each: from reading the lanes until the dispatches are sent. One look is
 * for many, and who is admitted is known when it is over.
 *
 * @param start milliseconds since 1970
 * @param end milliseconds since 1970
 */
export function traceAdmissions(
	dispatches: readonly Dispatch[],
	start: number,
	end: number,
): void {
	if (tracing() === undefined) return;
	const spans = dispatches.flatMap(({ requestId, attempt, traceparent }) => {
		const parent = spanContextOf(traceparent);
		if (parent === undefined || !isSampled(parent)) return [];
		return [
			{
				name: "admit",
				traceId: parent.traceId,
				spanId: randomBytes(8).toString("hex"),
				parentSpanId: parent.spanId,
				start,
				end,
				attributes: {
					[ATTRIBUTE.role]: "broker",
					[ATTRIBUTE.requestId]: requestId,
					[ATTRIBUTE.attempt]: attempt,
					"polytope.admitted": dispatches.length,
				},
			},
		];
	});
	record("polytope.broker", spans);
}
