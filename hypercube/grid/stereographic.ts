import type { Earth } from "./earth.ts";
import { radians } from "./hits.ts";
import {
	degree,
	eccentricity,
	isometric,
	latitudeOf,
	type Projection,
	parallel,
	quarter,
} from "./projection.ts";

/** Degrees. */
export interface PolarPlane {
	readonly earth: Earth;
	readonly south: boolean;
	/** Where lengths are true; on the hemisphere of the pole. */
	readonly trueAt: number;
	/** The meridian that is parallel to the y axis. */
	readonly meridian: number;
}

/** The stereographic map from a pole (Snyder, 21). The south is the north turned upside down. */
export function polarStereographic(plane: PolarPlane): Projection {
	const { earth, meridian } = plane;
	const sign = plane.south ? -1 : 1;
	const e = eccentricity(earth);
	const scale = earth.major * scaleOf(e, Math.abs(plane.trueAt) * radians);
	return {
		project(latitude, longitude, out) {
			const rho = scale * isometric(e, sign * latitude * radians);
			const angle = sign * (longitude - meridian) * radians;
			out[0] = sign * rho * Math.sin(angle);
			out[1] = -sign * rho * Math.cos(angle);
		},
		unproject(x, y, out) {
			const rho = Math.hypot(x, y);
			out[0] = sign * latitudeOf(e, rho / scale) * degree;
			const angle = rho === 0 ? 0 : Math.atan2(sign * x, -sign * y);
			out[1] = meridian + sign * angle * degree;
		},
	};
}

/** Distance from the pole, of a point of isometric 1 (21-33, 21-34). */
function scaleOf(e: number, trueAt: number): number {
	if (quarter - trueAt > 1e-10)
		return parallel(e, trueAt) / isometric(e, trueAt);
	return 2 / Math.sqrt((1 + e) ** (1 + e) * (1 - e) ** (1 - e));
}
