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
} from "./projection.ts";

/** Degrees. */
export interface Cylinder {
	readonly earth: Earth;
	/** Where lengths are true. */
	readonly trueAt: number;
	/** The meridian of x = 0. */
	readonly meridian: number;
}

/** Mercator's map (Snyder, 7). */
export function mercator({ earth, trueAt, meridian }: Cylinder): Projection {
	const e = eccentricity(earth);
	const scale = earth.major * parallel(e, trueAt * radians);
	return {
		project(latitude, longitude, out) {
			out[0] = scale * around((longitude - meridian) * radians);
			out[1] = -scale * Math.log(isometric(e, latitude * radians));
		},
		unproject(x, y, out) {
			out[0] = latitudeOf(e, Math.exp(-y / scale)) * degree;
			out[1] = meridian + (x / scale) * degree;
		},
	};
}
