import { EARTH } from "./surface.ts";
import type { Inflation, Track } from "./track.ts";
import { angleOf, vectorOf } from "./vector.ts";

const RADIANS = Math.PI / 180;

/**
 * Square kilometres of a corridor in degrees, at least: what each segment adds where nothing overlaps, measured on the
 * parallel of the piece that is nearest to the equator. Never less than the truth; where a track turns back on itself up to
 * twice that.
 */
export function corridorSurface(
	{ latitudes, longitudes }: Track,
	{ latitude, longitude }: Inflation,
	profile: "round" | "box",
): number {
	const high = (latitude.high - latitude.low) / 2;
	const wide = (longitude.high - longitude.low) / 2;
	const shape = profile === "round" ? Math.PI * high * wide : 4 * high * wide;
	let sum = shape * widest(latitudes[0] ?? 0, latitudes[0] ?? 0, latitude);
	for (let at = 1; at < latitudes.length; at++) {
		const from = latitudes[at - 1] ?? 0;
		const up = (latitudes[at] ?? 0) - from;
		const along = (longitudes[at] ?? 0) - (longitudes[at - 1] ?? 0);
		const added =
			profile === "round"
				? 2 * Math.hypot(high * along, wide * up)
				: 2 * (Math.abs(high * along) + Math.abs(wide * up));
		sum += added * widestOnWay(from, up, latitude);
	}
	return EARTH ** 2 * RADIANS ** 2 * sum;
}

/** The mean over pieces of a degree of each piece's greatest cosine. */
function widestOnWay(
	from: number,
	up: number,
	reach: Inflation["latitude"],
): number {
	const pieces = Math.max(1, Math.ceil(Math.abs(up)));
	let sum = 0;
	for (let at = 0; at < pieces; at++)
		sum += widest(
			from + (up * at) / pieces,
			from + (up * (at + 1)) / pieces,
			reach,
		);
	return sum / pieces;
}

/** The greatest cosine of the latitudes that are reached from between two. */
function widest(
	a: number,
	b: number,
	{ low, high }: Inflation["latitude"],
): number {
	const south = Math.min(a, b) + low;
	const north = Math.max(a, b) + high;
	const nearest = Math.max(0, south, -north);
	return Math.cos(Math.min(nearest, 90) * RADIANS);
}

/** The same of a corridor in kilometres: exact for a single segment. */
export function groundCorridorSurface(
	{ latitudes, longitudes }: Track,
	kilometres: number,
): number {
	const angle = Math.min(kilometres / EARTH, Math.PI);
	let length = 0;
	for (let at = 1; at < latitudes.length; at++)
		length += angleOf(
			vectorOf(latitudes[at - 1] ?? 0, longitudes[at - 1] ?? 0),
			vectorOf(latitudes[at] ?? 0, longitudes[at] ?? 0),
		);
	const strip = 2 * Math.sin(Math.min(angle, Math.PI / 2)) * length;
	const cap = 2 * Math.PI * (1 - Math.cos(angle));
	return EARTH ** 2 * Math.min(strip + cap, 4 * Math.PI);
}
