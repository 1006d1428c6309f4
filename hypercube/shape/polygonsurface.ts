import type { Area } from "../grid/area.ts";
import { verticesOf } from "./geometry.ts";
import type { Part } from "./polygon.ts";
import { sineIntegral, unroll } from "./ring.ts";
import { areaSurface, EARTH } from "./surface.ts";

/** How far the sum over rings may be from what the rows say, before rings are taken to cross or to overlap. */
const AGREE = 0.01;

/**
 * Square kilometres of polygons whose first ring of each part is an outline and whose others are holes: exact for
 * edges that are straight in latitude and longitude. Where rings cross themselves or overlap, from up to 2000 rows.
 */
export function polygonSurface(parts: readonly Part[], area: Area): number {
	let sum = 0;
	for (const rings of parts)
		for (const [at, ring] of rings.entries())
			if (ring.latitudes.length > 2)
				sum +=
					(at === 0 ? 1 : -1) *
					Math.abs(sineIntegral(unroll(ring, "shortest").line));
	const exact = EARTH ** 2 * sum;
	const rows = Math.min(2000, Math.max(100, 4e6 / verticesOf(parts)));
	const sampled = areaSurface(area, Math.round(rows));
	return Math.abs(exact - sampled) <= AGREE * sampled ? exact : sampled;
}
