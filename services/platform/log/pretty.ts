import type { Writable } from "node:stream";
import type { DestinationStream } from "pino";

/**
 * What a terminal may obey, or which turns the direction of text, and JSON leaves as it is: C1 controls (ECMA-48 §8.3) and
 * bidirectional formatting (UAX #9). C0 controls are escaped in JSON, and left out by the printer of lines.
 */
const OBEYED = /(?!\n)[\p{Cc}\p{Bidi_Control}]/gu;

/**
 * Lines for people, for a terminal. Loaded only there.
 *
 * @param destination a file descriptor, or whoever takes the lines
 */
export async function openPretty(
	destination: number | Writable = 1,
): Promise<DestinationStream> {
	const { default: pretty } = await import("pino-pretty");
	const printer = pretty({
		sync: true,
		destination,
		translateTime: "SYS:HH:MM:ss",
		ignore: "trace_id,span_id",
		messageFormat: "{role} {msg}",
		singleLine: true,
	});
	return {
		write: (line) => void printer.write(line.replace(OBEYED, "\ufffd")),
	};
}
