import type { CoverageCollection } from "../cube/coverage.ts";
import { chunks } from "./chunks.ts";
import type { Format } from "./format.ts";

/**
 * The bytes of a collection in a format, in chunks of about 64 KiB and more, each in memory of its own
 * (it may be handed to another thread). Nothing is read before it is pulled, and
 * nothing is kept of what was written: memory does not depend on the size.
 *
 * @throws the signal's reason when it aborts; what the collection throws
 */
export function write(
	collection: CoverageCollection,
	format: Format,
	signal?: AbortSignal,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
	return chunks(format.pieces(collection), signal);
}
