/**
 * A closed set of points on the sphere, described by what it cuts out of each parallel. So a grid of rows is cut row by
 * row, whatever the shape; its edges, holes, poles and the seam are the area's own affair.
 */
export interface Area {
	/** No point lies south of this latitude, degrees. */
	readonly south: number;
	/** No point lies north of this latitude, degrees. */
	readonly north: number;
	/**
	 * No point lies at a longitude outside of these intervals, in the form of {@link intervals}; they may be wider than
	 * needed. Absent where the area may lie at any: it goes round a pole, or round the earth. Worked out when first asked.
	 */
	readonly longitudes?: readonly number[] | undefined;
	/**
	 * The closed intervals of longitude that lie in the area on a parallel: `west0, east0, west1, east1, …` in degrees,
	 * disjoint and ascending, each with `0 <= west < 360` and `west <= east <= west + 360` (so one that crosses the seam
	 * ends beyond 360). A boundary that runs along the parallel, or touches it in a point, belongs to the area.
	 */
	intervals(latitude: number): readonly number[];
}

/** Degrees by which a point may miss an edge that was meant to pass through it: coordinates are decimal fractions. */
export const snap = 1e-9;

/** Whether a point lies in the area. Longitude in any turn, degrees. */
export function contains(
	area: Area,
	latitude: number,
	longitude: number,
): boolean {
	if (latitude < area.south - snap || latitude > area.north + snap)
		return false;
	const turned = ((longitude % 360) + 360) % 360;
	const intervals = area.intervals(latitude);
	for (let at = 0; at < intervals.length; at += 2) {
		const west = (intervals[at] ?? 0) - snap;
		const east = (intervals[at + 1] ?? 0) + snap;
		if (turned >= west && turned <= east) return true;
		if (turned + 360 <= east || turned - 360 >= west) return true;
	}
	return false;
}
