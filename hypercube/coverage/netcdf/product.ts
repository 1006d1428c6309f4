import { setImmediate } from "node:timers/promises";
import type { Points } from "../../cube/coverage.ts";
import { coordinate } from "../numbers.ts";

/** Points that are all pairs of some latitudes and some longitudes, row by row. */
export interface Product {
	readonly latitudes: Float64Array;
	readonly longitudes: Float64Array;
}

/** Points whose coordinates are looked at together. */
const slice = 65_536;

/**
 * The rows and columns of points that lie so, both strictly ascending or descending as coordinates of CF must; undefined
 * for all others, most of which their second row tells.
 */
export async function productOf(points: Points): Promise<Product | undefined> {
	const rows = new Rows();
	for (let from = 0; from < points.count; from += slice) {
		// There may be millions, and others who wait.
		if (from > 0) await setImmediate();
		const to = Math.min(points.count, from + slice);
		const { latitudes, longitudes } = points.slice(from, to);
		for (let at = 0; at < latitudes.length; at++) {
			const latitude = coordinate(latitudes[at] ?? Number.NaN);
			const longitude = coordinate(longitudes[at] ?? Number.NaN);
			if (!rows.add(latitude, longitude)) return undefined;
		}
	}
	return rows.product();
}

class Rows {
	readonly #latitudes: number[] = [];
	readonly #longitudes: number[] = [];
	/** Points of a row; 0: the first is not over. */
	#width = 0;
	#column = 0;

	/** Whether the next point still lies so. */
	add(latitude: number, longitude: number): boolean {
		const current = this.#latitudes.at(-1);
		if (this.#width === 0 && (current === undefined || current === latitude)) {
			if (current === undefined) this.#latitudes.push(latitude);
			this.#longitudes.push(longitude);
			return true;
		}
		if (this.#width === 0) this.#width = this.#longitudes.length;
		const begins = this.#column === 0;
		if (begins) this.#latitudes.push(latitude);
		const fits =
			longitude === this.#longitudes[this.#column] &&
			(begins || latitude === current);
		this.#column = (this.#column + 1) % this.#width;
		return fits;
	}

	product(): Product | undefined {
		if (this.#column !== 0) return undefined;
		if (![this.#latitudes, this.#longitudes].every(isMonotonic))
			return undefined;
		return {
			latitudes: Float64Array.from(this.#latitudes),
			longitudes: Float64Array.from(this.#longitudes),
		};
	}
}

/** Strictly ascending or descending, as CF wants it of coordinates. */
export function isMonotonic(numbers: readonly number[]): boolean {
	const [first = 0, second = 0] = numbers;
	const turn = Math.sign(second - first);
	return numbers.every((one, at) => {
		const before = numbers[at - 1];
		return before === undefined || (one - before) * turn > 0;
	});
}
