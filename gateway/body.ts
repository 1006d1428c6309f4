import type { Readable } from "node:stream";
import { Problem } from "./problem.ts";

/**
 * How much of a body that is too large is still read and thrown away, as a multiple of the limit: who gets the
 * connection closed while sending may never see the 413.
 */
const SWALLOW = 8;

/**
 * Reads a body of at most `limit` bytes, which may take so many milliseconds.
 *
 * @throws Problem 413, or 400 when the sender went away or was too slow
 */
export async function readBody(
	stream: Readable,
	limit: number,
	ms: number,
): Promise<Buffer> {
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(() => late.reject(tooLate()), ms);
	try {
		return await Promise.race([readAll(stream, limit), late.promise]);
	} finally {
		clearTimeout(timer);
	}
}

/** What still comes is not waited for. */
const tooLate = (): Problem =>
	new Problem(400, "The request took too long to arrive", {
		connection: "close",
	});

async function readAll(stream: Readable, limit: number): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let length = 0;
	try {
		for await (const chunk of stream) {
			if (!Buffer.isBuffer(chunk)) throw new Error("a body that is not bytes");
			length += chunk.length;
			if (length <= limit) chunks.push(chunk);
			else chunks.length = 0;
			if (length > limit * SWALLOW) break;
		}
	} catch (reason) {
		if (!stream.errored) throw reason;
		throw new Problem(400, "The body ended before it was whole");
	}
	if (length > limit)
		throw new Problem(413, `The body is larger than ${limit} bytes`);
	return Buffer.concat(chunks, length);
}
