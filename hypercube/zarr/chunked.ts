import type { Kept } from "./cache.ts";
import type { Chunk } from "./format/array.ts";
import type { ArrayMeta } from "./format/meta.ts";

/** An array that is read chunk by chunk: of a Zarr, or of another kind of file. */
export interface ChunkedArray {
	readonly meta: ArrayMeta;
	/** Octets of a decoded chunk. */
	readonly chunkBytes: number;
	/** Octets that must be read before a chunk can be found. */
	readonly indexBytes: number;
	/** Octets of chunks that are kept at most. */
	readonly cacheLimit: number;
	/** A chunk that is at hand; undefined: it is not. */
	kept(chunk: readonly number[]): Kept | undefined;
	/** A chunk, or undefined where it is absent: all its values are the fill value then. */
	chunk(
		chunk: readonly number[],
		signal?: AbortSignal,
	): Promise<Chunk | undefined>;
}
