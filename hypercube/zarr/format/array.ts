import { type GetOptions, isZarritaError, open, root } from "zarrita";
import { BrokenField, UnsupportedField } from "../../cube/field.ts";
import { useBoundedCodecs } from "./codecs.ts";
import { product, type ZarrMeta } from "./meta.ts";

/** Values of a chunk as they are stored, in the engine's own types. */
export type Values =
	| Int8Array
	| Uint8Array
	| Int16Array
	| Uint16Array
	| Int32Array
	| Uint32Array
	| BigInt64Array
	| BigUint64Array
	| Float16Array
	| Float32Array
	| Float64Array;

/** A decoded chunk. */
export interface Chunk {
	readonly data: Values;
	/** How far apart two neighbours along each dimension lie in `data`. */
	readonly stride: readonly number[];
}

/** Hands octets that were fetched already to zarrita, which asks its store for them. */
class Fetched implements GetOptions {
	readonly signal?: AbortSignal;
	readonly bytes: Uint8Array;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
	}
}

export type Decoder = (bytes: Uint8Array) => Promise<Chunk>;

/**
 * What decodes the chunks of an array: zarrita's chain of codecs. What is fetched, and when, is ours to say.
 * @throws Error where zarrita cannot read the metadata
 */
export async function openDecoder(meta: ZarrMeta): Promise<Decoder> {
	useBoundedCodecs();
	const key = meta.codecs.format === 2 ? "/.zarray" : "/zarr.json";
	const metadata = new TextEncoder().encode(meta.codecs.text);
	const store = {
		get: async (asked: string, options?: GetOptions) => {
			if (options instanceof Fetched) return options.bytes;
			return asked === key ? metadata : undefined;
		},
	};
	const array = await (meta.codecs.format === 2
		? open.v2(root(store), { kind: "array", attrs: false })
		: open.v3(root(store), { kind: "array" })
	).catch((cause: unknown) => broken(cause));
	const origin = meta.shape.map(() => 0);
	const length = product(meta.chunks);
	return async (bytes) => {
		const { data, stride } = await array
			.getChunk(origin, new Fetched(bytes))
			.catch((cause: unknown) => broken(cause));
		if (!isValues(data)) throw new BrokenField("a chunk holds no numbers");
		if (data.length === length) return { data, stride };
		throw new BrokenField(`a chunk has ${data.length} values, not ${length}`);
	};
}

/** What the library says of what it cannot read, whatever the chunk holds. */
const unread = [
	"UnknownCodecError",
	"InvalidMetadataError",
	"UnsupportedError",
] as const;

function broken(cause: unknown): never {
	let reason = cause;
	while (
		reason instanceof Error &&
		!(reason instanceof BrokenField) &&
		reason.cause
	)
		reason = reason.cause;
	if (reason instanceof BrokenField) throw reason;
	const why = cause instanceof Error ? cause.message : String(cause);
	if (isZarritaError(cause, ...unread))
		throw new UnsupportedField(why, { cause });
	throw new BrokenField(why, { cause });
}

const isValues = (data: unknown): data is Values =>
	ArrayBuffer.isView(data) && !(data instanceof DataView);
