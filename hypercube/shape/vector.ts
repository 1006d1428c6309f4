/** A point on the unit sphere, or a direction: x towards longitude 0 on the equator, z towards the north pole. */
export interface Vector {
	readonly x: number;
	readonly y: number;
	readonly z: number;
}

const RADIANS = Math.PI / 180;

export function vectorOf(latitude: number, longitude: number): Vector {
	const ring = Math.cos(latitude * RADIANS);
	return {
		x: ring * Math.cos(longitude * RADIANS),
		y: ring * Math.sin(longitude * RADIANS),
		z: Math.sin(latitude * RADIANS),
	};
}

export const dot = (a: Vector, b: Vector): number =>
	a.x * b.x + a.y * b.y + a.z * b.z;

export const cross = (a: Vector, b: Vector): Vector => ({
	x: a.y * b.z - a.z * b.y,
	y: a.z * b.x - a.x * b.z,
	z: a.x * b.y - a.y * b.x,
});

/** `a * p + b * q` */
export const mix = (a: Vector, p: number, b: Vector, q: number): Vector => ({
	x: a.x * p + b.x * q,
	y: a.y * p + b.y * q,
	z: a.z * p + b.z * q,
});

export const lengthOf = (a: Vector): number => Math.hypot(a.x, a.y, a.z);

/** Angle between two points, radians; exact for small ones too. */
export const angleOf = (a: Vector, b: Vector): number =>
	Math.atan2(lengthOf(cross(a, b)), dot(a, b));

export const latitudeOf = (a: Vector): number =>
	Math.atan2(a.z, Math.hypot(a.x, a.y)) / RADIANS;

export const longitudeOf = (a: Vector): number =>
	Math.atan2(a.y, a.x) / RADIANS;
