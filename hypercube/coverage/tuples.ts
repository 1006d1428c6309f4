import type { Points } from "../cube/coverage.ts";
import { coordinate, PIECE } from "./numbers.ts";

/** Points that share what stands around their two coordinates. */
export interface TupleGroup {
	readonly points: Points;
	/** JSON of what stands before the coordinates, with its comma: `0,`. */
	readonly before: string;
	/** JSON of what stands after them, with its comma: `,500`. */
	readonly after: string;
}

/** `latitude` first, as Polytope does; or `longitude` first, in [-180, 180), as CRS84 does. */
export type Order = "latitude" | "longitude";

/** JSON of the tuples of groups of points, `[52.1,4.3,0],[…]`, piece by piece, with the commas between. */
export function* tuples(
	groups: Iterable<TupleGroup>,
	order: Order,
): Generator<string, void, undefined> {
	let comma = "";
	for (const group of groups)
		for (let from = 0; from < group.points.count; from += PIECE) {
			yield comma + piece(group, from, order);
			comma = ",";
		}
}

/** The same meridian in [-180, 180). */
export function west(longitude: number): number {
	if (longitude >= -180 && longitude < 180) return longitude;
	return coordinate(((((longitude + 180) % 360) + 360) % 360) - 180);
}

function piece(group: TupleGroup, from: number, order: Order): string {
	const { points, before, after } = group;
	const to = Math.min(from + PIECE, points.count);
	const { latitudes, longitudes } = points.slice(from, to);
	let text = "";
	for (let at = 0; at < latitudes.length; at += 1) {
		const latitude = coordinate(latitudes[at] ?? Number.NaN);
		const longitude = coordinate(longitudes[at] ?? Number.NaN);
		const open = at === 0 ? "[" : ",[";
		text +=
			order === "latitude"
				? `${open}${before}${latitude},${longitude}${after}]`
				: `${open}${before}${west(longitude)},${latitude}${after}]`;
	}
	return text;
}
