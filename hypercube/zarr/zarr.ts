import type { S3Keys } from "../archive/remote/bucket.ts";
import { isRemote, remotePlace } from "../archive/remote/place.ts";
import { BrokenField } from "../cube/field.ts";
import { ChunkCache } from "./cache.ts";
import { type CfCube, cubeOf } from "./cube.ts";
import { UnreadableArray } from "./format/meta.ts";
import { readGroup } from "./group.ts";
import type { ZarrMapping } from "./mapping.ts";
import { folderStore } from "./store/folder.ts";
import { httpStore } from "./store/http.ts";
import { bucketStore } from "./store/s3.ts";
import type { ObjectStore } from "./store/store.ts";

/** A Zarr as a hypercube. */
export type Zarr = CfCube;

export interface ZarrOptions {
	/** A folder, an `http:` or `https:` URL, `s3://host:port/bucket/prefix` (as archives name it), or a store of the caller's. */
	readonly location: string | ObjectStore;
	/** For S3; without them a bucket is read as by anybody. */
	readonly keys?: S3Keys | undefined;
	readonly mapping?: ZarrMapping | undefined;
	/** Shared by all that one process opens; else one of its own. */
	readonly cache?: ChunkCache | undefined;
}

/**
 * Opens a group of a Zarr, v2 or v3, and reads its coordinates, so that it is known what fields there are.
 * @throws the signal's reason; StoreError where the store does not answer; UnsupportedField where there is no Zarr;
 * BrokenField for metadata of the group that cannot be read; never for what is wrong with a variable, which is among the
 * faults.
 */
export async function openZarr(
	{ location, keys, mapping = {}, cache = new ChunkCache() }: ZarrOptions,
	signal: AbortSignal,
): Promise<Zarr> {
	const store =
		typeof location === "string" ? storeOf(location, keys) : location;
	const named = Object.keys(mapping.params ?? {});
	const group = await readGroup({ store, signal }, named, cache).catch(asField);
	return cubeOf(group, mapping, signal);
}

/** Metadata of the group itself that cannot be read leave nothing to read. */
function asField(cause: unknown): never {
	if (!(cause instanceof UnreadableArray)) throw cause;
	throw new BrokenField(cause.message, { cause });
}

function storeOf(location: string, keys: S3Keys | undefined): ObjectStore {
	if (!isRemote(location)) return folderStore(location);
	const place = remotePlace(location);
	return place.kind === "s3" ? bucketStore(place, keys) : httpStore(place.url);
}
