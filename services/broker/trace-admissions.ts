import type { Dispatch } from "../../gen/polytope/store/v1/store_pb.js";
import { isSampled, spanContextOf } from "../platform/telemetry/context.ts";
import { ATTRIBUTE } from "../platform/telemetry/names.ts";
import { recordFor, tracing } from "../platform/telemetry/recorded.ts";

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
	const each = dispatches.flatMap(({ requestId, attempt, traceparent }) => {
		const submission = spanContextOf(traceparent);
		if (submission === undefined || !isSampled(submission)) return [];
		const attributes = {
			[ATTRIBUTE.requestId]: requestId,
			[ATTRIBUTE.attempt]: attempt,
			[ATTRIBUTE.admitted]: dispatches.length,
		};
		return [{ submission, attributes }];
	});
	recordFor({ role: "broker", name: "admit", start, end }, each);
}
