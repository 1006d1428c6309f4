import { type Area, contains } from "../grid/area.ts";
import { verticesOf } from "./geometry.ts";
import { type Part, polygonArea } from "./polygon.ts";
import { sineIntegral, unroll } from "./ring.ts";
import { areaSurface, EARTH } from "./surface.ts";

/** How far the sum over rings may be from what the rows say, before rings are taken to cross or to overlap. */
const AGREE = 0.01;

/** Rings of one part that are compared with each other; of more the first is taken as the outline. */
const COMPARED = 64;

/**
 * Square kilometres of polygons: exact for edges that are straight in latitude and longitude, holes and islands taken
 * into account. Where rings cross themselves, or parts overlap, from up to 2000 rows.
 */
export function polygonSurface(parts: readonly Part[], area: Area): number {
	let sum = 0;
	for (const rings of parts)
		for (const [at, ring] of rings.entries())
			if (ring.latitudes.length > 2)
				sum +=
					signOf(rings, at) *
					Math.abs(sineIntegral(unroll(ring, "shortest").line));
	const exact = EARTH ** 2 * sum;
	const rows = Math.min(2000, Math.max(100, 4e6 / verticesOf(parts)));
	const sampled = areaSurface(area, Math.round(rows));
	return Math.abs(exact - sampled) <= AGREE * sampled ? exact : sampled;
}

/** A ring within an odd number of others bounds a hole. */
function signOf(rings: Part, at: number): 1 | -1 {
	if (rings.length > COMPARED) return at === 0 ? 1 : -1;
	const latitude = rings[at]?.latitudes[0] ?? 0;
	const longitude = rings[at]?.longitudes[0] ?? 0;
	const around = rings.filter(
		(other, n) =>
			n !== at && contains(polygonArea([[other]]), latitude, longitude),
	);
	return around.length % 2 === 0 ? 1 : -1;
}
