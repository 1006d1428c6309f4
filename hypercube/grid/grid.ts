import type { Area } from "./area.ts";
import type { Sequence, Within } from "./northward.ts";
import type { Ranges } from "./ranges.ts";

/** A point of a grid, and how far it lies from what was looked for. */
export interface Hit {
	readonly index: number;
	/** Great-circle distance on the unit sphere, radians. */
	readonly distance: number;
}

/** Latitudes and longitudes of some points, degrees; longitudes in [0, 360). */
export interface Coordinates {
	readonly latitudes: Float64Array;
	readonly longitudes: Float64Array;
}

/**
 * Where the values of a field lie on the sphere. Indices count values in the order in which the message has them,
 * whatever its scanning mode, from 0 on. Made once for each definition, shared, never changed.
 */
export interface Grid {
	/** The same for the same points in the same order: a hash of the definition. */
	readonly id: string;
	/** As ecCodes names it: `regular_ll`, `reduced_gg`, `healpix`, `lambert`, … */
	readonly kind: string;
	/** As people call it: `O1280`, `H1024 nested`, `0.25 degrees, 1440 x 721`; left out where it has no name. */
	readonly name?: string;
	/** How many points it has. */
	readonly size: number;
	/** Latitudes and longitudes of the points in the ranges, in their order. */
	coordinates(ranges: Ranges): Coordinates;
	/** The `k` points nearest on the great circle, the nearest first; of equals the southern one, on one parallel that with the lower index. Throws a RangeError for no place. */
	nearest(latitude: number, longitude: number, k?: number): readonly Hit[];
	/** All points in the area, its boundary included. */
	inside(area: Area): Ranges;
	/**
	 * The points of an area from south to north, where points lie on parallels: their order in answers. On other grids it is
	 * that of the indices.
	 *
	 * @param ranges what `inside` gave
	 */
	northward?(ranges: Ranges, within: Within): Sequence;
}
