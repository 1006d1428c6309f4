import { BrokenField } from "../cube/field.ts";
import { ChunkCache } from "./cache.ts";
import { type CfCube, cubeOf } from "./cube.ts";
import { UnreadableArray } from "./format/meta.ts";
import { readGroup } from "./group.ts";
import type { ZarrMapping } from "./mapping.ts";
import { folderStore } from "./store/folder.ts";
import { httpStore } from "./store/http.ts";
import type { ObjectStore } from "./store/store.ts";

/** A Zarr as a hypercube. */
export type Zarr = CfCube;

export interface ZarrOptions {
	/** A folder, an `http:` or `https:` URL, or a store of the caller's. */
	readonly location: string | ObjectStore;
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
	{ location, mapping = {}, cache = new ChunkCache() }: ZarrOptions,
	signal: AbortSignal,
): Promise<Zarr> {
	const store = typeof location === "string" ? storeOf(location) : location;
	const named = Object.keys(mapping.params ?? {});
	const group = await readGroup({ store, signal }, named, cache).catch(asField);
	return cubeOf(group, mapping, signal);
}

/** Metadata of the group itself that cannot be read leave nothing to read. */
function asField(cause: unknown): never {
	if (!(cause instanceof UnreadableArray)) throw cause;
	throw new BrokenField(cause.message, { cause });
}

const storeOf = (location: string): ObjectStore =>
	/^https?:/i.test(location) ? httpStore(location) : folderStore(location);
