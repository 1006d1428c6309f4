import type { Place } from "../feature/feature.ts";
import type { Grid } from "../grid/grid.ts";
import { type Ranges, rangesOf } from "../grid/ranges.ts";

/** The nearest points of a grid to some places. */
export interface NearestPoints {
	/** Of each place, in their order, the index of its point; several places may have the same. */
	readonly indices: Uint32Array;
	/** Each point once, as it is read. */
	readonly ranges: Ranges;
	/** Of each place, where its value stands among those read. */
	readonly at: Uint32Array;
}

/** The great-circle nearest point to each place. */
export const nearestPoints = (
	grid: Grid,
	places: readonly Place[],
): NearestPoints =>
	pointsAt(
		Uint32Array.from(
			places,
			({ latitude, longitude }) =>
				grid.nearest(latitude, longitude)[0]?.index ?? 0,
		),
	);

/** How points are read that are wanted in this order, some perhaps several times. */
export function pointsAt(indices: Uint32Array): NearestPoints {
	const order = Uint32Array.from(new Set(indices)).sort();
	const placeOf = new Map(Array.from(order, (index, place) => [index, place]));
	return {
		indices,
		ranges: rangesOf(order),
		at: indices.map((index) => placeOf.get(index) ?? 0),
	};
}
