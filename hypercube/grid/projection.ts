import type { Earth } from "./earth.ts";
import type { Spot } from "./rotation.ts";

/**
 * A map of the earth on a plane, metres. Equations are numbered as in J. P. Snyder, Map Projections: A Working Manual,
 * USGS Professional Paper 1395 (1987).
 */
export interface Projection {
	/** Writes x and y. */
	project(latitude: number, longitude: number, out: Spot): void;
	/** Writes latitude and longitude, degrees; longitude in any turn. `NaN` for what is on no map. */
	unproject(x: number, y: number, out: Spot): void;
}

export const degree: number = 180 / Math.PI;
export const quarter: number = Math.PI / 2;

/** First eccentricity of the earth. */
export function eccentricity({ major, minor }: Earth): number {
	return Math.sqrt(1 - (minor / major) ** 2);
}

/** Radius of the parallel over the major half axis (14-15). */
export function parallel(e: number, latitude: number): number {
	return Math.cos(latitude) / Math.sqrt(1 - (e * Math.sin(latitude)) ** 2);
}

/** What conformal maps of a spheroid have for tan(π/4 - φ/2) of the sphere (15-9). */
export function isometric(e: number, latitude: number): number {
	const sine = e * Math.sin(latitude);
	return (
		Math.tan((quarter - latitude) / 2) / ((1 - sine) / (1 + sine)) ** (e / 2)
	);
}

/** The latitude of an isometric one (7-9): a few rounds that each gain two digits or more. */
export function latitudeOf(e: number, t: number): number {
	let latitude = quarter - 2 * Math.atan(t);
	if (e === 0) return latitude;
	for (let round = 0; round < 15; round++) {
		const sine = e * Math.sin(latitude);
		const next =
			quarter - 2 * Math.atan(t * ((1 - sine) / (1 + sine)) ** (e / 2));
		const change = Math.abs(next - latitude);
		latitude = next;
		if (change < 1e-12) break;
	}
	return latitude;
}

/** A difference of longitudes in [-π, π]. */
export function around(radians: number): number {
	return radians - 2 * Math.PI * Math.round(radians / (2 * Math.PI));
}
