import { createHash } from "node:crypto";
import type { ChunkCache, Kept } from "./cache.ts";
import type { Chunk } from "./format/array.ts";
import { type ArrayMeta, product } from "./format/meta.ts";
import { octetsOf } from "./format/types.ts";

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

/** An array whose chunks go by way of a cache, which many arrays share. */
export abstract class CachedArray<M extends ArrayMeta> implements ChunkedArray {
	readonly meta: M;
	readonly chunkBytes: number;
	readonly #cache: ChunkCache;
	/** Tells this array from others, and from itself when it has grown. */
	readonly #id: string;

	/** @param source tells where it lies from all other places */
	constructor(meta: M, source: string, cache: ChunkCache) {
		this.meta = meta;
		this.chunkBytes = product(meta.chunks) * octetsOf[meta.type];
		this.#cache = cache;
		this.#id = createHash("sha256")
			.update(JSON.stringify([source, meta]))
			.digest("base64url");
	}

	get indexBytes(): number {
		return 0;
	}

	get cacheLimit(): number {
		return this.#cache.limit;
	}

	kept(chunk: readonly number[]): Kept | undefined {
		return this.#cache.get(this.#nameOf(chunk));
	}

	async chunk(
		chunk: readonly number[],
		signal?: AbortSignal,
	): Promise<Chunk | undefined> {
		const { chunk: found } = await this.#cache.fetch(
			this.#nameOf(chunk),
			this.chunkBytes,
			(signal) => this.load(chunk, signal),
			signal,
		);
		return found;
	}

	/** Reads a chunk that is not at hand. */
	protected abstract load(
		chunk: readonly number[],
		signal: AbortSignal,
	): Promise<Kept>;

	/** Something small that is kept beside the chunks. */
	protected small(
		name: string,
		load: (signal: AbortSignal) => Promise<Kept>,
		signal: AbortSignal,
	): Promise<Kept> {
		return this.#cache.fetchSmall(`${this.#id}/${name}`, load, signal);
	}

	#nameOf(chunk: readonly number[]): string {
		return `${this.#id}/${chunk.join(".")}`;
	}
}
