import { type Area, snap } from "../grid/area.ts";
import { boundsOf, disjoint, WHOLE } from "./intervals.ts";
import { polygonArea } from "./polygon.ts";
import { EARTH } from "./surface.ts";

const RADIANS = Math.PI / 180;

export interface Circle {
	readonly latitude: number;
	readonly longitude: number;
	/** Degrees, the same of latitude and longitude; or kilometres on the great circle. */
	readonly radius: number;
}

/**
 * What lies within so many degrees on the plane of latitude and longitude: the same number of both, so that on the
 * ground it is an ellipse. It does not reach over a pole, where the plane ends.
 */
export function degreeCircle({ latitude, longitude, radius }: Circle): Area {
	const south = Math.max(-90, latitude - radius);
	const north = Math.min(90, latitude + radius);
	return {
		south,
		north,
		longitudes: boundsOf([longitude - radius, longitude + radius]),
		intervals: (row) => {
			const height = row - latitude;
			if (Math.abs(height) > radius + snap) return [];
			const half = Math.sqrt(Math.max(0, radius ** 2 - height ** 2));
			return disjoint([longitude - half, longitude + half]);
		},
	};
}

/** What lies within so many kilometres on the great circle: true on the ground, and over the poles. */
export function groundCircle({ latitude, longitude, radius }: Circle): Area {
	const angle = Math.min(radius / EARTH, Math.PI);
	const reach = angle / RADIANS;
	return {
		south: Math.max(-90, latitude - reach),
		north: Math.min(90, latitude + reach),
		longitudes: widestBounds(angle, latitude, [longitude, longitude]),
		intervals: (row) => {
			const half = halfWidth(angle, latitude * RADIANS, row * RADIANS);
			if (half === undefined) return [];
			if (half >= Math.PI) return WHOLE;
			return disjoint([longitude - half / RADIANS, longitude + half / RADIANS]);
		},
	};
}

/**
 * How far a circle reaches to either side on a parallel, radians: π where it holds all of it, undefined where nothing.
 * By haversines, which keep small circles exact.
 */
export function halfWidth(
	angle: number,
	centre: number,
	row: number,
): number | undefined {
	const left = haversine(angle) - haversine(row - centre);
	const parallel = Math.cos(row) * Math.cos(centre);
	// A pole is one point, whatever its longitude; and round a pole all of a parallel is as near.
	const all = parallel < 1e-15 ? Math.PI : 0;
	if (left < -1e-16) {
		// A parallel that is only touched, up to rounding of the latitude.
		return Math.abs(row - centre) <= angle + snap * RADIANS ? all : undefined;
	}
	if (left >= parallel || all > 0) return Math.PI;
	return 2 * Math.asin(Math.sqrt(Math.max(0, left) / parallel));
}

/**
 * Longitudes that places within an angle of others have, which lie between two longitudes and at most so far from the
 * equator, degrees; undefined: any, as they go round a pole.
 */
export function widestBounds(
	angle: number,
	latitude: number,
	[west, east]: readonly [number, number],
): readonly number[] | undefined {
	if (Math.abs(latitude) + angle / RADIANS > 90 - ROUNDING) return undefined;
	const sine = Math.sin(angle) / Math.cos(latitude * RADIANS);
	const half = Math.asin(Math.min(1, sine)) / RADIANS + ROUNDING;
	return boundsOf([west - half, east + half]);
}

/** Degrees: more than rounding moves the side of a circle that does not touch a pole. */
const ROUNDING = 1e-6;

const haversine = (angle: number): number => Math.sin(angle / 2) ** 2;

/** Great-circle distance in radians, for distances of any size. */
export function distance(
	a: { readonly latitude: number; readonly longitude: number },
	b: { readonly latitude: number; readonly longitude: number },
): number {
	const sum =
		haversine((b.latitude - a.latitude) * RADIANS) +
		Math.cos(a.latitude * RADIANS) *
			Math.cos(b.latitude * RADIANS) *
			haversine((b.longitude - a.longitude) * RADIANS);
	return 2 * Math.asin(Math.sqrt(Math.min(1, sum)));
}

/** Corners of the disc as Polytope has it: the regular 12-gon around it, so that points a little outside belong to it. */
export const TWELVE: readonly (readonly [number, number])[] = Array.from(
	{ length: 12 },
	(_, at) => {
		const angle = (Math.PI / 6) * at;
		const radius = 1 / Math.cos(Math.PI / 12);
		return [Math.cos(angle) * radius, Math.sin(angle) * radius];
	},
);

/** Polytope's circle. */
export function twelveCorners({ latitude, longitude, radius }: Circle): Area {
	const ring = {
		latitudes: Float64Array.from(TWELVE, ([y]) => latitude + y * radius),
		longitudes: Float64Array.from(TWELVE, ([, x]) => longitude + x * radius),
	};
	return polygonArea([[ring]], "written");
}

/** Square kilometres of a circle in degrees; what would lie beyond a pole, or beyond a turn, does not count. */
export function degreeCircleSurface({ latitude, radius }: Circle): number {
	const r = radius * RADIANS;
	const lowest = Math.asin(Math.max(-1, (-90 - latitude) / radius));
	const highest = Math.asin(Math.min(1, (90 - latitude) / radius));
	// Simpson's rule over the angle to the row, in which all is smooth.
	const steps = 512;
	const step = (highest - lowest) / steps;
	let sum = 0;
	for (let at = 0; at <= steps; at++) {
		const angle = lowest + at * step;
		const width = Math.min(2 * r * Math.cos(angle), 2 * Math.PI);
		const height = r * Math.cos(angle);
		const weight = at === 0 || at === steps ? 1 : at % 2 === 1 ? 4 : 2;
		sum +=
			weight *
			width *
			height *
			Math.cos(latitude * RADIANS + r * Math.sin(angle));
	}
	return radius > 0 ? (EARTH ** 2 * sum * step) / 3 : 0;
}

/** Square kilometres of a circle in kilometres. */
export const groundCircleSurface = ({ radius }: Circle): number =>
	4 * Math.PI * EARTH ** 2 * haversine(Math.min(radius / EARTH, Math.PI));
