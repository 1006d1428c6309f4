import type { Writable } from "node:stream";
import type { DestinationStream } from "pino";

/**
 * Lines for people, for a terminal. Loaded only there.
 *
 * @param destination a file descriptor, or whoever takes the lines
 */
export async function openPretty(
	destination: number | Writable = 1,
): Promise<DestinationStream> {
	const { default: pretty } = await import("pino-pretty");
	return pretty({
		sync: true,
		destination,
		translateTime: "SYS:HH:MM:ss",
		ignore: "trace_id,span_id",
		messageFormat: "{role} {msg}",
		singleLine: true,
	});
}
