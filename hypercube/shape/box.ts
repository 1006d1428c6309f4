import { type Area, snap } from "../grid/area.ts";
import { boundsOf, disjoint } from "./intervals.ts";

/** A box between two parallels and two meridians, degrees; `east` from `west` on, in any turn. */
export interface Box {
	readonly south: number;
	readonly north: number;
	readonly west: number;
	readonly east: number;
}

/** A corner of a box, degrees. */
export interface Corner {
	readonly latitude: number;
	readonly longitude: number;
}

/**
 * The box between opposite corners, whichever two. From the lesser to the greater longitude as written: 350 to 370 and
 * -10 to 10 are one box of 20 degrees, 10 to 350 is one of 340; a full turn or more is the whole parallel.
 */
export function boxBetween(a: Corner, b: Corner): Box {
	return {
		south: Math.min(a.latitude, b.latitude),
		north: Math.max(a.latitude, b.latitude),
		west: Math.min(a.longitude, b.longitude),
		east: Math.max(a.longitude, b.longitude),
	};
}

/** The area of a box, its edges included. */
export function boxArea({ south, north, west, east }: Box): Area {
	const inside = disjoint([west, east]);
	return {
		south,
		north,
		longitudes: boundsOf([west, east]),
		intervals: (latitude) =>
			latitude < south - snap || latitude > north + snap ? [] : inside,
	};
}
