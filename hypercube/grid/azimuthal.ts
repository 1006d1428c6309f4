import type { Earth } from "./earth.ts";
import { radians } from "./hits.ts";
import { degree, eccentricity, type Projection } from "./projection.ts";

/** Degrees. */
export interface AzimuthalPlane {
	readonly earth: Earth;
	/** Where the plane touches the earth. */
	readonly latitude: number;
	readonly longitude: number;
}

/**
 * Lambert's azimuthal map of equal areas (Snyder, 24). A spheroid goes by way of the sphere of the same area (authalic
 * latitudes, 3-11 to 3-18).
 */
export function lambertAzimuthal(plane: AzimuthalPlane): Projection {
	const authalic = authalicOf(plane.earth);
	const latitude = plane.latitude * radians;
	const beta = authalic.of(latitude);
	const [sine, cosine] = [Math.sin(beta), Math.cos(beta)];
	const e = eccentricity(plane.earth);
	const radius = authalic.radius;
	// How much longer lengths across are than on the sphere (24-20); 1 on a sphere.
	const stretch =
		(plane.earth.major * Math.cos(latitude)) /
		Math.sqrt(1 - (e * Math.sin(latitude)) ** 2) /
		(radius * cosine);
	return {
		project(north, longitude, out) {
			const b = authalic.of(north * radians);
			const east = (longitude - plane.longitude) * radians;
			const [sb, cb, ce] = [Math.sin(b), Math.cos(b), Math.cos(east)];
			const scale = radius * Math.sqrt(2 / (1 + sine * sb + cosine * cb * ce));
			out[0] = scale * stretch * cb * Math.sin(east);
			out[1] = (scale / stretch) * (cosine * sb - sine * cb * ce);
		},
		unproject(x, y, out) {
			const across = x / stretch;
			const up = y * stretch;
			const rho = Math.hypot(across, up);
			if (rho < 1e-9) {
				out[0] = plane.latitude;
				out[1] = plane.longitude;
				return;
			}
			const angle = 2 * Math.asin(rho / (2 * radius));
			const [sa, ca] = [Math.sin(angle), Math.cos(angle)];
			out[0] =
				authalic.back(Math.asin(ca * sine + (up * sa * cosine) / rho)) * degree;
			out[1] =
				plane.longitude +
				Math.atan2(across * sa, rho * cosine * ca - up * sine * sa) * degree;
		},
	};
}

/** Latitudes of the sphere that has the area of the earth, and its radius. */
interface Authalic {
	readonly radius: number;
	of(latitude: number): number;
	back(authalic: number): number;
}

function authalicOf(earth: Earth): Authalic {
	const e = eccentricity(earth);
	if (e < 1e-7)
		return { radius: earth.major, of: (one) => one, back: (one) => one };
	const q = (latitude: number): number => {
		const sine = Math.sin(latitude);
		const log = Math.log((1 - e * sine) / (1 + e * sine)) / (2 * e);
		return (1 - e * e) * (sine / (1 - (e * sine) ** 2) - log);
	};
	const most = q(Math.PI / 2);
	const [e2, e4, e6] = [e ** 2, e ** 4, e ** 6];
	// (3-18): its first three terms, as everybody has them.
	const first = e2 / 3 + (31 * e4) / 180 + (517 * e6) / 5040;
	const second = (23 * e4) / 360 + (251 * e6) / 3780;
	const third = (761 * e6) / 45360;
	return {
		radius: earth.major * Math.sqrt(most / 2),
		of: (latitude) => Math.asin(Math.max(-1, Math.min(1, q(latitude) / most))),
		back: (b) =>
			b +
			first * Math.sin(2 * b) +
			second * Math.sin(4 * b) +
			third * Math.sin(6 * b),
	};
}
