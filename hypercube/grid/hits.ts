import type { Hit } from "./grid.ts";

/**
 * The k nearest points found so far. Distances are kept as haversines, sin²(d/2), which are exact for small ones.
 * Points whose distances differ by rounding alone count as equally far: then the southern one is the nearer, as in
 * Polytope's answers, and on one parallel the lower index.
 */
export class Hits {
	readonly #k: number;
	readonly #indices: number[] = [];
	readonly #haversines: number[] = [];
	readonly #latitudes: number[] = [];

	constructor(k: number) {
		this.#k = k;
	}

	/** Whether a point at this haversine could still be among the k. */
	accepts(haversine: number): boolean {
		if (this.#haversines.length < this.#k) return true;
		const worst = this.#haversines[this.#k - 1] ?? Infinity;
		return haversine <= worst + slack(worst);
	}

	/** Whether the point is among the k now. */
	add(index: number, haversine: number, latitude: number): boolean {
		let at = this.#indices.length;
		while (at > 0 && this.#behind(at - 1, index, haversine, latitude)) at--;
		if (at === this.#k) return false;
		this.#indices.splice(at, 0, index);
		this.#haversines.splice(at, 0, haversine);
		this.#latitudes.splice(at, 0, latitude);
		if (this.#indices.length > this.#k) {
			this.#indices.pop();
			this.#haversines.pop();
			this.#latitudes.pop();
		}
		return true;
	}

	/** The nearest first. */
	list(): Hit[] {
		return this.#indices.map((index, at) => ({
			index,
			distance: 2 * Math.asin(Math.sqrt(this.#haversines[at] ?? 0)),
		}));
	}

	#behind(
		at: number,
		index: number,
		haversine: number,
		latitude: number,
	): boolean {
		const other = this.#haversines[at] ?? 0;
		if (Math.abs(other - haversine) > slack(other)) return other > haversine;
		const north = (this.#latitudes[at] ?? 0) - latitude;
		if (Math.abs(north) > sameParallel) return north > 0;
		return (this.#indices[at] ?? 0) > index;
	}
}

/** Degrees: 0.1 mm on the ground. */
export const sameParallel = 1e-9;

/** What rounding may make of a haversine: a relative part, and 0.1 mm on the ground for points on the same place. */
function slack(haversine: number): number {
	return 1e-12 * haversine + 1e-22;
}

/** Throws a RangeError for what is no place: a search for it would find nothing and might not end. */
export function checkPlace(latitude: number, longitude: number): void {
	if (!(Math.abs(latitude) <= 90) || !Number.isFinite(longitude))
		throw new RangeError(
			`latitude ${latitude}, longitude ${longitude} is no place on earth`,
		);
}

export const radians: number = Math.PI / 180;

/** sin²(d/2) of the great circle between two points; cosines are those of their latitudes. */
export function haversine(
	latitudes: number,
	longitudes: number,
	cosines: number,
): number {
	const north = Math.sin((latitudes * radians) / 2);
	const east = Math.sin((longitudes * radians) / 2);
	return north * north + cosines * east * east;
}
