import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { gridOfSection2 } from "./edition1.ts";
import { gridOfSection3 } from "./edition2.ts";
import type { Grid } from "./grid.ts";

/** Where a message says what its grid is. */
export interface GridSection {
	readonly edition: 1 | 2;
	/** The whole of section 2 (GRIB 1) or 3 (GRIB 2), lists of points of each row included. */
	readonly octets: Uint8Array;
	/** GRIB 1 only: how many values the message has, where known; its grid does not say how many points there are. */
	readonly values?: number;
}

/** A grid of 5000 rows takes 200 KB; so all that are kept take less than 100 MB. */
const cache = new LRUCache<string, Grid>({ max: 256 });

/**
 * The grid that a section describes; the same object for the same octets, as long as it is remembered.
 * @throws UnsupportedField for a template that is not known, BrokenField for a section that contradicts itself
 */
export function openGrid({ edition, octets, values }: GridSection): Grid {
	const id = createHash("sha256")
		.update(`${edition} ${edition === 1 ? values : ""} `)
		.update(octets)
		.digest("hex")
		.slice(0, 32);
	let grid = cache.get(id);
	if (grid === undefined) {
		grid =
			edition === 1
				? gridOfSection2(octets, id, values)
				: gridOfSection3(octets, id);
		cache.set(id, grid);
	}
	return grid;
}
