import type { DestinationStream } from "pino";

/** Lines for people, for a terminal. Loaded only there. */
export async function openPretty(): Promise<DestinationStream> {
	const { default: pretty } = await import("pino-pretty");
	return pretty({
		sync: true,
		destination: 1,
		translateTime: "SYS:HH:MM:ss",
		ignore: "trace_id,span_id",
		messageFormat: "{role} {msg}",
		singleLine: true,
	});
}
