import { gaussianLatitudes } from "./gaussian.ts";

/** A reduced Gaussian grid: each row of latitude has its own number of evenly spaced longitudes. */
export interface ReducedGaussianGrid {
	/** Rows between a pole and the equator. */
	readonly n: number;
	/** Degrees, north to south; 2n values. */
	readonly latitudes: Float64Array;
	/** Points of each row, the first at longitude 0; 2n values. */
	readonly pl: readonly number[];
	/** All points, row by row. */
	readonly size: number;
}

/**
 * ECMWF's octahedral grid O<n>: 20 points in the row next to a pole and 4 more in each further row.
 * O48 has 10,944 points about 200 km apart.
 */
export function octahedralGrid(n: number): ReducedGaussianGrid {
	const latitudes = gaussianLatitudes(n);
	const pl = Array.from(
		{ length: 2 * n },
		(_, row) => 20 + 4 * Math.min(row, 2 * n - 1 - row),
	);
	return { n, latitudes, pl, size: 4 * n * (n + 9) };
}
