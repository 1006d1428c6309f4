import { LRUCache } from "lru-cache";
import type { Field } from "../../../../hypercube/cube/field.ts";
import { ChunkCache } from "../../../../hypercube/zarr/cache.ts";
import { openZarr, type Zarr } from "../../../../hypercube/zarr/zarr.ts";
import type { Task } from "./protocol.ts";

/** Milliseconds for which what a Zarr says of itself is believed. */
const fresh = 60_000;

/** Shared by all Zarrs of this thread. */
const cache = new ChunkCache();
const known = new LRUCache<string, Promise<Zarr>>({ max: 64, ttl: fresh });

/** The fields that a task chooses of a Zarr. @throws RequestError, StoreError */
export async function zarrFields(
	source: Extract<Task["source"], { kind: "zarr" }>,
): Promise<Field[]> {
	const zarr = await opened(source);
	const { wishes, allowPartial } = source;
	return zarr.select(wishes, { allowPartial });
}

function opened({
	location,
	mapping,
}: Extract<Task["source"], { kind: "zarr" }>): Promise<Zarr> {
	const name = JSON.stringify([location, mapping]);
	let zarr = known.get(name);
	if (zarr === undefined) {
		zarr = openZarr({ location, mapping, cache }, new AbortController().signal);
		known.set(name, zarr);
		// What could not be opened is tried again by the next.
		zarr.catch(() => known.delete(name));
	}
	return zarr;
}
