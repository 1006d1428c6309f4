import { readJoined, ShortRead, type Take } from "../../bytes/joined.ts";
import { run } from "../../bytes/steps.ts";
import { BrokenField } from "../../cube/field.ts";
import type { ChunkCache, Kept } from "../../zarr/cache.ts";
import { CachedArray } from "../../zarr/chunked.ts";
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
export class ClassicVariable extends CachedArray<ClassicMeta> {
	readonly #opened: Opened;

	constructor(meta: ClassicMeta, opened: Opened, cache: ChunkCache) {
		super(meta, opened.id, cache);
		this.#opened = opened;
	}

	protected override async load(
		chunk: readonly number[],
		signal: AbortSignal,
	): Promise<Kept> {
		return { chunk: await this.#read(chunk, signal) };
	}

	/**
	 * A chunk lies in one piece, but for its records: of the other dimensions only the first of more than one value is cut,
	 * and those of several records are whole.
	 */
	async #read(chunk: readonly number[], signal: AbortSignal): Promise<Chunk> {
		const { name, shape, chunks, type, begin, apart } = this.meta;
		const octets = octetsOf[type];
		const sizes = chunk.map((at, dimension) => {
			const size = chunks[dimension] ?? 1;
			return Math.min(size, (shape[dimension] ?? 0) - at * size);
		});
		const strides = stridesOf(shape).map((stride) => stride * octets);
		if (apart !== undefined) strides[0] = apart;
		const offset = chunk.reduce(
			(sum, at, dimension) =>
				sum + at * (chunks[dimension] ?? 1) * (strides[dimension] ?? 0),
			begin,
		);
		const pieces = apart === undefined ? 1 : (sizes[0] ?? 1);
		const length = (product(sizes) / pieces) * octets;
		const bytes = new Uint8Array(length * pieces);
		const ranges = new Float64Array(2 * pieces);
		for (let at = 0; at < pieces; at++) {
			ranges[2 * at] = offset + at * (apart ?? 0);
			ranges[2 * at + 1] = offset + at * (apart ?? 0) + length;
		}
		using held = this.#opened.hold?.();
		const source = held ?? this.#opened.source;
		const take: Take = (nth, from, at) =>
			bytes.set(from.subarray(at, at + length), nth * length);
		try {
			await run(readJoined(source, ranges, take, signal));
		} catch (cause) {
			if (!(cause instanceof ShortRead)) throw cause;
			throw new BrokenField(`the file ends within ${name}`, { cause });
		}
		return { data: valuesOf(bytes, type), stride: stridesOf(sizes) };
	}
}
