import type { Part } from "./polygon.ts";
import type { Ring } from "./ring.ts";

/** What a text says that is no shape, or holds none. */
export class ShapeError extends Error {
	override readonly name = "ShapeError";
}

/** How many corners the parts have. */
export function verticesOf(parts: readonly Part[]): number {
	let count = 0;
	for (const part of parts)
		for (const ring of part) count += ring.latitudes.length;
	return count;
}

/** Collects the corners of a ring without knowing how many there will be. */
export class RingBuilder {
	readonly #latitudes: number[] = [];
	readonly #longitudes: number[] = [];

	/** @throws {ShapeError} for what is no place on the sphere */
	add(latitude: number, longitude: number): void {
		if (!(Math.abs(latitude) <= 90))
			throw new ShapeError(`latitude ${latitude} is not between -90 and 90`);
		if (!(Math.abs(longitude) <= 3600))
			throw new ShapeError(
				`longitude ${longitude} is not between -3600 and 3600`,
			);
		this.#latitudes.push(latitude);
		this.#longitudes.push(longitude);
	}

	build(): Ring {
		return {
			latitudes: Float64Array.from(this.#latitudes),
			longitudes: Float64Array.from(this.#longitudes),
		};
	}
}

/** Which of two coordinates comes first. */
export type Order = "latitude-longitude" | "longitude-latitude";
