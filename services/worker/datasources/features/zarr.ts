import { statSync } from "node:fs";
import { LRUCache } from "lru-cache";
import type { Field } from "../../../../hypercube/cube/field.ts";
import { isNetcdf, openNetcdf } from "../../../../hypercube/netcdf/netcdf.ts";
import { ChunkCache } from "../../../../hypercube/zarr/cache.ts";
import type { CfCube } from "../../../../hypercube/zarr/cube.ts";
import { openZarr } from "../../../../hypercube/zarr/zarr.ts";
import type { Task } from "./protocol.ts";

/** Milliseconds for which what a Zarr says of itself is believed. */
const fresh = 60_000;

/** Shared by all Zarrs of this thread. */
const cache = new ChunkCache();
const known = new LRUCache<string, Promise<CfCube>>({ max: 64, ttl: fresh });

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
	keys,
	mapping,
}: Extract<Task["source"], { kind: "zarr" }>): Promise<CfCube> {
	const name = JSON.stringify([location, keys, mapping, stampOf(location)]);
	let zarr = known.get(name);
	if (zarr === undefined) {
		const { signal } = new AbortController();
		zarr = isNetcdf(location)
			? openNetcdf({ location, mapping, cache }, signal)
			: openZarr({ location, keys, mapping, cache }, signal);
		known.set(name, zarr);
		// What could not be opened is tried again by the next.
		zarr.catch(() => known.delete(name));
	}
	return zarr;
}

/** Tells a file of this machine from what it was before it was written anew: that is another file at once. */
function stampOf(location: string): string {
	if (!isNetcdf(location)) return "";
	const facts = statSync(location, { throwIfNoEntry: false });
	return facts ? `${facts.size} ${facts.mtimeMs}` : "";
}
