import type { Event, Exception, StackFrame } from "@sentry/node";
import { type ErrorRecord, isErrorRecord } from "../log/scrub.ts";
import type { ReportedLine } from "../log.ts";

type ReadStack = (stack: string) => StackFrame[];

/** What Sentry is told of a line: the line, and nothing that is not in it. */
export function toEvent(
	{ level, role, message, record }: ReportedLine,
	readStack: ReadStack,
): Event {
	const { event, err, trace_id, span_id, ...others } = record;
	return {
		level,
		logger: role,
		tags: { role, event: String(event) },
		...(isErrorRecord(err)
			? { exception: { values: chain(err, readStack) } }
			: { message }),
		extra: { said: message, ...others },
		...(typeof trace_id === "string" &&
			typeof span_id === "string" && {
				contexts: { trace: { trace_id, span_id } },
			}),
	};
}

/** An error and what caused it; Sentry wants the last cause first. */
function chain(error: ErrorRecord, readStack: ReadStack): Exception[] {
	const { type, message, stack, cause } = error;
	const own: Exception = {
		type,
		value: message,
		...(stack !== undefined && { stacktrace: { frames: readStack(stack) } }),
	};
	return isErrorRecord(cause) ? [...chain(cause, readStack), own] : [own];
}
