import type { NumberType } from "./types.ts";

/** What is known of an array before any chunk is read; of Zarr v2, v3 and NetCDF alike. */
export interface ArrayMeta {
	/** Its name in the group. */
	readonly name: string;
	readonly shape: readonly number[];
	/** Values of a chunk along each dimension; in a shard, those of an inner chunk. */
	readonly chunks: readonly number[];
	readonly type: NumberType;
	readonly dimensions: readonly string[];
	readonly attributes: Readonly<Record<string, unknown>>;
	/** The value of all points of a chunk that is absent. */
	readonly fill: number;
	/** Of Zarr v2: the fill value, where there is one. It says of values that they are missing. */
	readonly maskedFill: number | undefined;
	/** Scale and offset are of four octets, and so is what xarray makes of them. */
	readonly single?: boolean;
}

/** What is known of an array of a Zarr besides: how its chunks are found and decoded. */
export interface ZarrMeta extends ArrayMeta {
	/** The key of a chunk (of a shard, where there are shards), relative to the array. */
	keyOf(chunk: readonly number[]): string;
	readonly shards: Shards | undefined;
	/** Metadata of an array of such chunks as zarrita reads them: the codecs, and what they need to know. */
	readonly codecs: { readonly format: 2 | 3; readonly text: string };
}

/** Chunks that lie together in one object, with an index of where. */
export interface Shards {
	/** Chunks of a shard along each dimension. */
	readonly chunks: readonly number[];
	readonly indexAt: "start" | "end";
	/** Octets of the index: 16 a chunk, and a checksum where there is one. */
	readonly indexLength: number;
	readonly checked: boolean;
}

/** An array that cannot be read, and why. */
export class UnreadableArray extends Error {
	override readonly name = "UnreadableArray";
}

/** How many dimensions an array may have. */
const mostDimensions = 16;

/** Octets of a decoded chunk at most: one fits into memory, and in an array of the engine. */
export const mostChunk = 1024 * 1024 * 1024;

/** Chunks of one shard at most: its index has 16 octets for each. */
const mostInShard = 4_000_000;

export const product = (sizes: readonly number[]): number =>
	sizes.reduce((whole, size) => whole * size, 1);

/** @throws UnreadableArray for sizes that do not fit each other, or no memory. */
export function checkSizes(
	meta: Pick<ZarrMeta, "shape" | "chunks" | "dimensions" | "shards">,
	octets: number,
): void {
	const { shape, chunks, dimensions, shards } = meta;
	const fits =
		chunks.length === shape.length && dimensions.length === shape.length;
	if (!fits || shape.length > mostDimensions)
		throw new UnreadableArray(
			`has ${shape.length} dimensions, chunks of ${chunks.length} and names of ${dimensions.length}`,
		);
	const bytes = product(chunks) * octets;
	if (bytes > mostChunk)
		throw new UnreadableArray(
			`has chunks of ${bytes} octets, more than the ${mostChunk} that are read at once`,
		);
	if (shards && product(shards.chunks) > mostInShard)
		throw new UnreadableArray(
			`has ${product(shards.chunks)} chunks in a shard, more than ${mostInShard}`,
		);
}
