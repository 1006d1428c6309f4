import type { Area } from "./area.ts";
import { radians } from "./hits.ts";

/** Degrees by which bounds are widened: more than an area's edges may be missed by, and more than rounding moves. */
const margin = 1e-6;

/** Tells quickly which parts of a grid cannot hold a point of an area: by the latitudes and longitudes it lies between. */
export class Bounds {
	readonly #south: number;
	readonly #north: number;
	/** Of each interval of longitudes its middle and half its width; undefined: all. */
	readonly #intervals: Float64Array | undefined;

	constructor({ south, north, longitudes }: Area) {
		this.#south = south - margin;
		this.#north = north + margin;
		this.#intervals = longitudes?.length
			? Float64Array.from(longitudes, (_, at) => {
					const west = longitudes[at & ~1] ?? 0;
					const east = longitudes[at | 1] ?? 0;
					return at % 2 === 0 ? (west + east) / 2 : (east - west) / 2 + margin;
				})
			: undefined;
	}

	/** Whether a place within `reach` of this one may lie in the area; all in degrees. */
	reach(latitude: number, longitude: number, reach: number): boolean {
		if (latitude + reach < this.#south || latitude - reach > this.#north)
			return false;
		const intervals = this.#intervals;
		// Round a pole there are all longitudes.
		if (intervals === undefined || Math.abs(latitude) + reach > 90 - margin)
			return true;
		const sine = Math.sin(reach * radians) / Math.cos(latitude * radians);
		const half = Math.asin(Math.min(1, sine)) / radians + margin;
		for (let at = 0; at < intervals.length; at += 2) {
			const east = longitude - (intervals[at] ?? 0);
			const apart = Math.abs(east - 360 * Math.round(east / 360));
			if (apart <= half + (intervals[at + 1] ?? 0)) return true;
		}
		return false;
	}

	/** Boxes in the axes of the unit sphere, one for each interval, that together hold the area: least and most x, y, z. */
	boxes(): Float64Array[] {
		const south = Math.max(-90, this.#south) * radians;
		const north = Math.min(90, this.#north) * radians;
		const across = [Math.cos(south), Math.cos(north)];
		const rings = [
			Math.min(...across),
			south < 0 && north > 0 ? 1 : Math.max(...across),
		] as const;
		const heights = [Math.sin(south), Math.sin(north)] as const;
		const intervals = this.#intervals ?? Float64Array.of(180, 180);
		return Array.from({ length: intervals.length / 2 }, (_, at) => {
			const middle = intervals[2 * at] ?? 0;
			const half = intervals[2 * at + 1] ?? 0;
			const [left, right] = stretched(cosines(middle, half), rings);
			const [near, far] = stretched(cosines(middle - 90, half), rings);
			return Float64Array.of(left, right, near, far, ...heights);
		});
	}
}

type Pair = readonly [least: number, most: number];

/** The least and the greatest cosine within `half` degrees of an angle. */
function cosines(middle: number, half: number): Pair {
	const off = Math.abs(middle - 360 * Math.round(middle / 360));
	const ends = [
		Math.cos((off - half) * radians),
		Math.cos((off + half) * radians),
	];
	return [
		off + half >= 180 ? -1 : Math.min(...ends),
		off - half <= 0 ? 1 : Math.max(...ends),
	];
}

/** The least and the greatest product of a cosine and the radius of a parallel. */
function stretched([least, most]: Pair, [inner, outer]: Pair): Pair {
	return [
		least * (least < 0 ? outer : inner),
		most * (most > 0 ? outer : inner),
	];
}
