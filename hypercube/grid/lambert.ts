import { BrokenField } from "../cube/field.ts";
import type { Earth } from "./earth.ts";
import { radians } from "./hits.ts";
import {
	around,
	degree,
	eccentricity,
	isometric,
	latitudeOf,
	type Projection,
	parallel,
	quarter,
} from "./projection.ts";

/** Degrees. */
export interface Cone {
	readonly earth: Earth;
	/** Where the cone cuts the earth. */
	readonly latin1: number;
	readonly latin2: number;
	/** Latitude of the origin. */
	readonly origin: number;
	/** The meridian that is parallel to the y axis. */
	readonly meridian: number;
}

/** Lambert's conformal conic map (Snyder, 15). */
export function lambertConformal(cone: Cone): Projection {
	const { earth, latin1, latin2 } = cone;
	const e = eccentricity(earth);
	const n = opening(e, latin1 * radians, latin2 * radians);
	if (!Number.isFinite(n) || Math.abs(n) < 1e-9 || Math.abs(latin1) >= 90)
		throw new BrokenField(
			`no cone cuts the earth at latitudes ${latin1} and ${latin2}`,
		);
	const scale =
		(earth.major * parallel(e, latin1 * radians)) /
		(n * isometric(e, latin1 * radians) ** n);
	const radius = (latitude: number): number =>
		scale * isometric(e, latitude * radians) ** n;
	const origin = radius(cone.origin);
	return {
		project(latitude, longitude, out) {
			const rho = radius(latitude);
			const angle = n * around((longitude - cone.meridian) * radians);
			out[0] = rho * Math.sin(angle);
			out[1] = origin - rho * Math.cos(angle);
		},
		unproject(x, y, out) {
			const sign = Math.sign(n);
			const down = origin - y;
			const rho = sign * Math.hypot(x, down);
			if (rho === 0) {
				out[0] = sign * quarter * degree;
				out[1] = 0;
				return;
			}
			const angle = Math.atan2(sign * x, sign * down);
			out[0] = latitudeOf(e, (rho / scale) ** (1 / n)) * degree;
			out[1] = cone.meridian + (angle / n) * degree;
		},
	};
}

/** The cone's constant (15-3, 15-8): what part of a turn the map shows. */
function opening(e: number, first: number, second: number): number {
	if (Math.abs(first - second) < 1e-9) return Math.sin(first);
	const radii = Math.log(parallel(e, first) / parallel(e, second));
	return radii / Math.log(isometric(e, first) / isometric(e, second));
}
