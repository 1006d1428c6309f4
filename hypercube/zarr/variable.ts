import { BrokenField, UnsupportedField } from "../cube/field.ts";
import type { ChunkCache, Kept } from "./cache.ts";
import { CachedArray } from "./chunked.ts";
import { type Decoder, openDecoder } from "./format/array.ts";
import { crc32c } from "./format/crc32c.ts";
import type { Shards, ZarrMeta } from "./format/meta.ts";
import type { ObjectStore } from "./store/store.ts";

/** An index of a shard says so of a chunk that is absent. */
const nothing = 2n ** 64n - 1n;

/** An array whose chunks can be read, by way of the cache. */
export class Variable extends CachedArray<ZarrMeta> {
	readonly #store: ObjectStore;
	#decoder: Promise<Decoder> | undefined;

	constructor(meta: ZarrMeta, store: ObjectStore, cache: ChunkCache) {
		super(meta, store.id ?? store.name, cache);
		this.#store = store;
	}

	/** Octets that must be read before the chunks of a shard can be found. */
	override get indexBytes(): number {
		return this.meta.shards?.indexLength ?? 0;
	}

	protected override async load(
		chunk: readonly number[],
		signal: AbortSignal,
	): Promise<Kept> {
		const bytes = await this.#bytesOf(chunk, signal);
		if (!bytes) return {};
		this.#decoder ??= openDecoder(this.meta);
		const decode = await this.#decoder;
		return {
			chunk: await decode(bytes).catch((cause) => this.#named(chunk, cause)),
		};
	}

	#named(chunk: readonly number[], cause: unknown): never {
		const where = `chunk ${chunk.join(".")} of ${this.meta.name}`;
		if (cause instanceof UnsupportedField)
			throw new UnsupportedField(`${where}: ${cause.message}`, { cause });
		if (!(cause instanceof BrokenField)) throw cause;
		throw new BrokenField(`${where}: ${cause.message}`, { cause });
	}

	#bytesOf(
		chunk: readonly number[],
		signal: AbortSignal,
	): Promise<Uint8Array | undefined> {
		const { name, shards } = this.meta;
		// Compressed it may be a little longer than plain.
		const most = Math.ceil(this.chunkBytes * 1.1) + 65_536;
		if (shards) return this.#inShard(chunk, shards, { most, signal });
		return this.#store.get(`${name}/${this.meta.keyOf(chunk)}`, {
			most,
			signal,
		});
	}

	async #inShard(
		chunk: readonly number[],
		shards: Shards,
		{ most, signal }: { most: number; signal: AbortSignal },
	): Promise<Uint8Array | undefined> {
		const shard = chunk.map((place, at) =>
			Math.floor(place / (shards.chunks[at] ?? 1)),
		);
		const key = `${this.meta.name}/${this.meta.keyOf(shard)}`;
		const index = await this.#indexOf(key, shards, signal);
		if (!index) return undefined;
		const place = chunk.reduce((sum, at, dimension) => {
			const count = shards.chunks[dimension] ?? 1;
			return sum * count + (at % count);
		}, 0);
		const offset = index[2 * place] ?? nothing;
		const length = index[2 * place + 1] ?? nothing;
		if (offset === nothing && length === nothing) return undefined;
		if (length > BigInt(most) || offset > BigInt(Number.MAX_SAFE_INTEGER))
			throw new BrokenField(
				`${key} says that a chunk of ${this.chunkBytes} octets lies at ${offset} with ${length}`,
			);
		const part = { offset: Number(offset), length: Number(length) };
		const bytes = await this.#store.get(key, { part, most, signal });
		if (bytes?.length !== part.length)
			throw new BrokenField(`${key} ends before a chunk of it does`);
		return bytes;
	}

	async #indexOf(
		key: string,
		shards: Shards,
		signal: AbortSignal,
	): Promise<BigUint64Array | undefined> {
		const load = async (signal: AbortSignal): Promise<Kept> => {
			const length = shards.indexLength;
			const part =
				shards.indexAt === "end" ? { suffix: length } : { offset: 0, length };
			const bytes = await this.#store.get(key, { part, most: length, signal });
			return bytes ? { index: readIndex(key, bytes, shards) } : {};
		};
		const kept = await this.small(`${key}#`, load, signal);
		return kept.index;
	}
}

function readIndex(
	key: string,
	bytes: Uint8Array,
	{ indexLength, checked }: Shards,
): BigUint64Array {
	if (bytes.length !== indexLength)
		throw new BrokenField(`${key} is shorter than the index of its chunks`);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const length = indexLength - (checked ? 4 : 0);
	if (
		checked &&
		crc32c(bytes.subarray(0, length)) !== view.getUint32(length, true)
	)
		throw new BrokenField(`the index of ${key} does not have its checksum`);
	return BigUint64Array.from({ length: length / 8 }, (_, at) =>
		view.getBigUint64(at * 8, true),
	);
}
