import { fault } from "../platform/faults.ts";

/** Ends with NOT_FOUND at the first chunk that comes after the signal. */
export async function* until(
	signal: AbortSignal,
	chunks: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
	for await (const chunk of chunks) {
		if (signal.aborted) throw fault("NOT_FOUND", "the upload was aborted");
		yield chunk;
	}
}
