import type { Request } from "../../gen/polytope/store/v1/store_pb.js";
import { spanContextOf } from "../platform/telemetry/context.ts";
import { ATTRIBUTE } from "../platform/telemetry/names.ts";
import { isRecording, recordFor } from "../platform/telemetry/recorded.ts";

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
	const each = requests.flatMap(({ id, traceparent, collection }) => {
		const submission = spanContextOf(traceparent);
		if (submission === undefined) return [];
		const attributes = {
			[ATTRIBUTE.lifecycle]: true,
			[ATTRIBUTE.requestId]: id,
			[ATTRIBUTE.collection]: collection,
		};
		return [{ submission, attributes }];
	});
	recordFor({ role: "collector", name: "expire", start, end }, each);
}
