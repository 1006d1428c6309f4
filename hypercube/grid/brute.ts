/** For tests: what a grid should answer, worked out from the coordinates of all its points. */
import { type Area, contains } from "./area.ts";
import type { Coordinates, Grid } from "./grid.ts";
import { haversine, radians, sameParallel } from "./hits.ts";
import type { Ranges } from "./ranges.ts";
import { rangesOf } from "./ranges.ts";

export class Brute {
	readonly all: Coordinates;
	readonly #cosines: Float64Array;

	constructor(grid: Grid) {
		this.all = grid.coordinates(Uint32Array.of(0, grid.size));
		this.#cosines = this.all.latitudes.map((one) => Math.cos(one * radians));
	}

	/** Great-circle distances of all points, radians. */
	distances(latitude: number, longitude: number): Float64Array {
		const cosine = Math.cos(latitude * radians);
		return this.all.latitudes.map((other, at) => {
			const cosines = cosine * (this.#cosines[at] ?? 0);
			const east = (this.all.longitudes[at] ?? 0) - longitude;
			return (
				2 * Math.asin(Math.sqrt(haversine(other - latitude, east, cosines)))
			);
		});
	}

	/**
	 * Of the points that no other is nearer than, a tenth of a millimetre allowed for, the southern one, and on one parallel
	 * that with the lowest index.
	 */
	nearest(latitude: number, longitude: number): number {
		const distances = this.distances(latitude, longitude);
		let best = Infinity;
		for (const distance of distances) best = Math.min(best, distance);
		let found = -1;
		let south = Infinity;
		for (const [at, distance] of distances.entries()) {
			if (distance > best + equal) continue;
			const here = this.all.latitudes[at] ?? 0;
			if (here >= south - sameParallel) continue;
			found = at;
			south = here;
		}
		return found;
	}

	/** The distances of the k nearest, rising. */
	nearestDistances(latitude: number, longitude: number, k: number): number[] {
		return [...this.distances(latitude, longitude).toSorted().slice(0, k)];
	}

	inside(area: Area): Ranges {
		const found: number[] = [];
		this.all.latitudes.forEach((latitude, at) => {
			if (contains(area, latitude, this.all.longitudes[at] ?? 0))
				found.push(at);
		});
		return rangesOf(found);
	}
}

/** Radians: less than 0.1 mm on the ground. */
const equal = 1e-11;

/** Small numbers that look random and are the same in each run: a linear congruential generator. */
export function chance(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

/** Places all over the sphere, and more of them than chance would have at poles, seam, equator and on points. */
export function places(
	count: number,
	seed: number,
	{ latitudes, longitudes }: Coordinates,
): [latitude: number, longitude: number][] {
	const next = chance(seed);
	const kinds = [
		() => [(Math.asin(2 * next() - 1) * 180) / Math.PI, 720 * next() - 360],
		() => [89 + next(), 360 * next()],
		() => [-90 + next() * next(), 360 * next()],
		() => [180 * next() - 90, (next() - 0.5) / 10],
		() => [(next() - 0.5) / 10, 360 * next()],
		() => {
			const at = Math.floor(next() * latitudes.length);
			return [latitudes[at] ?? 0, longitudes[at] ?? 0];
		},
		() => {
			const at = Math.floor(next() * latitudes.length);
			const near = (value: number) => value + (next() - 0.5) / 5;
			return [
				Math.max(-90, Math.min(90, near(latitudes[at] ?? 0))),
				near(longitudes[at] ?? 0),
			];
		},
	] as const;
	return Array.from({ length: count }, (_, n) => {
		const [latitude = 0, longitude = 0] = kinds[n % kinds.length]?.() ?? [];
		return [latitude, longitude];
	});
}

/** A box; `east` may lie beyond 360. */
export function box(
	south: number,
	north: number,
	west: number,
	east: number,
): Area {
	const begin = ((west % 360) + 360) % 360;
	return { south, north, intervals: () => [begin, begin + (east - west)] };
}

/** All points not farther from a place than an angle, degrees. */
export function cap(latitude: number, longitude: number, radius: number): Area {
	const sine = (degrees: number) => Math.sin(degrees * radians);
	const cosine = (degrees: number) => Math.cos(degrees * radians);
	return {
		south: latitude - radius <= -90 ? -90 : latitude - radius,
		north: latitude + radius >= 90 ? 90 : latitude + radius,
		intervals: (on) => {
			const across = cosine(on) * cosine(latitude);
			const reach = (cosine(radius) - sine(on) * sine(latitude)) / across;
			if (reach <= -1) return [0, 360];
			if (reach > 1) return reach < 1 + 1e-12 ? intervalAt(longitude, 0) : [];
			return intervalAt(longitude, Math.acos(reach) / radians);
		},
	};
}

function intervalAt(longitude: number, half: number): number[] {
	const west = (((longitude - half) % 360) + 360) % 360;
	return [west, west + 2 * half];
}
