import { type Area, snap } from "../grid/area.ts";
import { type Box, boxArea } from "./box.ts";
import { disjoint, widthOf } from "./intervals.ts";
import { boxSurface } from "./surface.ts";

/** What lies in the outer box and not within the inner one, whose edges belong to it. */
export function frameArea(outer: Box, inner: Box): Area {
	const whole = boxArea(outer);
	const beside = besides(outer, inner);
	return {
		south: whole.south,
		north: whole.north,
		longitudes: whole.longitudes,
		intervals: (latitude) => {
			const row = whole.intervals(latitude);
			const through =
				latitude > inner.south + snap && latitude < inner.north - snap;
			return through && row.length > 0 ? beside : row;
		},
	};
}

/** What is left of the outer box's longitudes without the inner one's. */
function besides(outer: Box, inner: Box): readonly number[] {
	const width = inner.east - inner.west;
	// Where there is no inside, nothing is cut out.
	if (width <= 0) return boxArea(outer).intervals(outer.south);
	if (width >= 360) return [];
	if (outer.east - outer.west >= 360)
		return disjoint([inner.east, inner.west + 360]);
	const pairs: number[] = [];
	let from = outer.west;
	// Each turn of the inner box that reaches into the outer one.
	const first = Math.floor((outer.west - inner.east) / 360);
	for (let turn = first; inner.west + 360 * turn <= outer.east; turn++) {
		const west = inner.west + 360 * turn;
		const east = inner.east + 360 * turn;
		if (east <= from) continue;
		if (west >= from) pairs.push(from, west);
		from = Math.max(from, east);
	}
	if (from <= outer.east) pairs.push(from, outer.east);
	return disjoint(pairs);
}

/** Square kilometres of a frame. */
export function frameSurface(outer: Box, inner: Box): number {
	const south = Math.max(outer.south, inner.south);
	const north = Math.min(outer.north, inner.north);
	if (!(north > south)) return boxSurface(outer);
	const left = widthOf(besides(outer, inner));
	const all = Math.min(outer.east - outer.west, 360);
	const cut = boxSurface({
		south,
		north,
		west: 0,
		east: Math.max(0, all - left),
	});
	return boxSurface(outer) - cut;
}
