import { createHash } from "node:crypto";
import { BrokenField } from "../../cube/field.ts";
import type { ChunkCache, Kept } from "../../zarr/cache.ts";
import type { ChunkedArray } from "../../zarr/chunked.ts";
import type { Chunk } from "../../zarr/format/array.ts";
import { type ArrayMeta, product } from "../../zarr/format/meta.ts";
import { octetsOf } from "../../zarr/format/types.ts";
import { stridesOf } from "../arrays.ts";
import type { Opened } from "./group.ts";
import { type StoredType, valuesOf } from "./octets.ts";

/** What is known of a variable, and where it lies. */
export interface ClassicMeta extends ArrayMeta {
	readonly type: StoredType;
	/** Octets before it, or before its first record. */
	readonly begin: number;
	/** Octets from one of its records to the next; undefined: it lies in one piece. */
	readonly apart: number | undefined;
}

/** A variable of the classic format: pieces of it are read where they lie. */
export class ClassicVariable implements ChunkedArray {
	readonly meta: ClassicMeta;
	readonly chunkBytes: number;
	readonly indexBytes = 0;
	readonly #opened: Opened;
	readonly #cache: ChunkCache;
	readonly #id: string;

	constructor(meta: ClassicMeta, opened: Opened, cache: ChunkCache) {
		this.meta = meta;
		this.#opened = opened;
		this.#cache = cache;
		this.chunkBytes = product(meta.chunks) * octetsOf[meta.type];
		this.#id = createHash("sha256")
			.update(JSON.stringify([opened.id, meta]))
			.digest("base64url");
	}

	get cacheLimit(): number {
		return this.#cache.limit;
	}

	kept(chunk: readonly number[]): Kept | undefined {
		return this.#cache.get(`${this.#id}/${chunk.join(".")}`);
	}

	async chunk(
		chunk: readonly number[],
		signal?: AbortSignal,
	): Promise<Chunk | undefined> {
		const { chunk: found } = await this.#cache.fetch(
			`${this.#id}/${chunk.join(".")}`,
			this.chunkBytes,
			async (signal) => ({ chunk: await this.#read(chunk, signal) }),
			signal,
		);
		return found;
	}

	/** A chunk lies in one piece: only the first of its dimensions of more than one value is cut. */
	async #read(chunk: readonly number[], signal: AbortSignal): Promise<Chunk> {
		const { name, shape, chunks, type, begin, apart } = this.meta;
		const sizes = chunk.map((at, dimension) => {
			const size = chunks[dimension] ?? 1;
			return Math.min(size, (shape[dimension] ?? 0) - at * size);
		});
		const strides = stridesOf(shape).map((stride) => stride * octetsOf[type]);
		if (apart !== undefined) strides[0] = apart;
		const offset = chunk.reduce(
			(sum, at, dimension) =>
				sum + at * (chunks[dimension] ?? 1) * (strides[dimension] ?? 0),
			begin,
		);
		const length = product(sizes) * octetsOf[type];
		const bytes = await this.#opened.source.read(offset, length, signal);
		if (bytes.length !== length)
			throw new BrokenField(`the file ends within ${name}`);
		return { data: valuesOf(bytes, type), stride: stridesOf(sizes) };
	}
}
