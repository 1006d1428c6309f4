import { radians } from "./hits.ts";

const degree = 180 / Math.PI;

/** A latitude and a longitude, written over again and again: so that no point costs an object. Degrees. */
export type Spot = Float64Array;

/** Where a rotated grid's south pole lies, and how far its longitudes are turned. */
export interface RotatedPole {
	/** Geographic place of the rotated south pole, degrees. */
	readonly latitude: number;
	readonly longitude: number;
	/** Degrees, taken off the geographic longitude, as ecCodes does. */
	readonly angle: number;
}

/** Turns a sphere so that its south pole comes to lie elsewhere, and back. */
export class Rotation {
	readonly #pole: RotatedPole;
	/** Sines and cosines of how far the south pole is tilted (t), and turned (o). */
	readonly #st: number;
	readonly #ct: number;
	readonly #so: number;
	readonly #co: number;

	constructor(pole: RotatedPole) {
		const tilt = -(90 + pole.latitude) * radians;
		const turn = -pole.longitude * radians;
		this.#st = Math.sin(tilt);
		this.#ct = Math.cos(tilt);
		this.#so = Math.sin(turn);
		this.#co = Math.cos(turn);
		this.#pole = pole;
	}

	/**
	 * From rotated to geographic, rounded as ecCodes rounds: to a millionth of a degree, through numbers of 24 bits. That
	 * moves points by up to a metre, but here they are where everybody else sees them.
	 */
	toGeographic(latitude: number, longitude: number, out: Spot): void {
		this.turn(latitude, longitude, out);
		out[0] = rounded(out[0] ?? 0);
		out[1] = rounded(out[1] ?? 0) - this.#pole.angle;
	}

	/**
	 * From rotated to geographic, not rounded, the angle left out; longitude in [-180, 180]. The sums are in the order in
	 * which ecCodes has them, so that nearly always both round to the same.
	 */
	turn(latitude: number, longitude: number, out: Spot): void {
		const [st, ct, so, co] = [this.#st, this.#ct, this.#so, this.#co];
		const cosine = Math.cos(latitude * radians);
		const xd = Math.cos(longitude * radians) * cosine;
		const yd = Math.sin(longitude * radians) * cosine;
		const zd = Math.sin(latitude * radians);
		const x = ct * co * xd + so * yd + st * co * zd;
		const y = -ct * so * xd + co * yd - st * so * zd;
		const z = -st * xd + ct * zd;
		out[0] = Math.asin(Math.max(-1, Math.min(1, z))) * degree;
		out[1] = Math.atan2(y, x) * degree;
	}

	/** From geographic to rotated. */
	toRotated(latitude: number, longitude: number, out: Spot): void {
		const from =
			(longitude + this.#pole.angle - this.#pole.longitude) * radians;
		const forward = Math.cos(from) * Math.cos(latitude * radians);
		const y = Math.sin(from) * Math.cos(latitude * radians);
		const up = Math.sin(latitude * radians);
		const x = this.#ct * forward - this.#st * up;
		const z = this.#ct * up + this.#st * forward;
		// Near a pole the sine says little: the arc from the axis says it all.
		out[0] = Math.atan2(z, Math.hypot(x, y)) * degree;
		out[1] = Math.atan2(y, x) * degree;
	}
}

/** Half away from zero, as C does it. */
function rounded(degrees: number): number {
	const single = Math.fround(degrees * 1e6);
	return (Math.sign(single) * Math.round(Math.abs(single))) / 1e6;
}
