import type { Area } from "../grid/area.ts";
import type { Box } from "./box.ts";
import { widthOf } from "./intervals.ts";

/** Radius of the sphere that ECMWF's fields are on, kilometres. */
export const EARTH = 6371.229;

const RADIANS = Math.PI / 180;

/** Square kilometres of a box. */
export function boxSurface({ south, north, west, east }: Box): number {
	const width = Math.min(east - west, 360) * RADIANS;
	return (
		EARTH ** 2 * width * (Math.sin(north * RADIANS) - Math.sin(south * RADIANS))
	);
}

/**
 * Square kilometres of any area, from what it cuts out of some parallels: with 2000 within about a thousandth for what
 * is no thread.
 */
export function areaSurface(area: Area, rows = 2000): number {
	const height = (area.north - area.south) / rows;
	if (!(height > 0)) return 0;
	let sum = 0;
	for (let row = 0; row < rows; row++) {
		const latitude = area.south + (row + 0.5) * height;
		sum += widthOf(area.intervals(latitude)) * Math.cos(latitude * RADIANS);
	}
	return EARTH ** 2 * sum * RADIANS * height * RADIANS;
}
