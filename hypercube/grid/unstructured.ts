import { BrokenField } from "../cube/field.ts";
import { type Area, contains } from "./area.ts";
import type { Coordinates, Grid, Hit } from "./grid.ts";
import { checkPlace, Hits } from "./hits.ts";
import { Marks } from "./marks.ts";
import { countOf, type Ranges } from "./ranges.ts";
import { Tree } from "./tree.ts";
import { turned } from "./turn.ts";

/** What a message says of a grid whose points it does not hold (template 3.101). */
export interface PointsReference {
	/** Number of the grid, and which of its points: cells, corners, edges (code tables of the centre). */
	readonly grid: number;
	readonly part: number;
	/** Universally unique identifier of the grid, 32 hexadecimal digits. */
	readonly uuid: string;
	/** How many points there must be. */
	readonly points: number;
}

/** Finds the points of a grid, from a file that somebody has; undefined where nobody has it. */
export type FindPoints = (
	reference: PointsReference,
) => Coordinates | Promise<Coordinates> | undefined;

/**
 * Points in no order. They are kept, 16 octets each, and as much for the tree that is made on first search (1 µs a
 * point). For an area the points of its latitudes and longitudes are looked at, at the area's cost each.
 */
export class UnstructuredGrid implements Grid {
	readonly id: string;
	readonly kind = "unstructured_grid";
	readonly size: number;
	readonly #latitudes: Float64Array;
	readonly #longitudes: Float64Array;
	#tree: Tree | undefined;

	/** @throws BrokenField where points are no places, or not as many as the message has values */
	constructor(id: string, points: Coordinates, size: number) {
		this.id = id;
		this.size = size;
		this.#latitudes = points.latitudes;
		this.#longitudes = points.longitudes.map(turned);
		const found = this.#latitudes.length;
		if (found !== size || this.#longitudes.length !== size)
			throw new BrokenField(
				`the file of coordinates has ${found} points, the message ${size}`,
			);
		this.#latitudes.forEach((latitude, at) => {
			if (!(Math.abs(latitude) <= 90 && Number.isFinite(this.#longitudes[at])))
				throw new BrokenField(
					`point ${at} lies at latitude ${latitude}, longitude ${this.#longitudes[at]}`,
				);
		});
	}

	coordinates(ranges: Ranges): Coordinates {
		const count = countOf(ranges);
		const latitudes = new Float64Array(count);
		const longitudes = new Float64Array(count);
		let out = 0;
		for (let at = 0; at < ranges.length; at += 2) {
			const [begin, end] = [ranges[at] ?? 0, ranges[at + 1] ?? 0];
			latitudes.set(this.#latitudes.subarray(begin, end), out);
			longitudes.set(this.#longitudes.subarray(begin, end), out);
			out += end - begin;
		}
		return { latitudes, longitudes };
	}

	nearest(latitude: number, longitude: number, k = 1): readonly Hit[] {
		checkPlace(latitude, longitude);
		const hits = new Hits(Math.min(k, this.size));
		this.#search().nearest(latitude, longitude, hits);
		return hits.list();
	}

	inside(area: Area): Ranges {
		const marks = new Marks();
		this.#search().reaching(area, (index) => {
			const latitude = this.#latitudes[index] ?? 0;
			if (contains(area, latitude, this.#longitudes[index] ?? 0))
				marks.add(index);
		});
		return marks.ranges();
	}

	#search(): Tree {
		this.#tree ??= new Tree({
			latitudes: this.#latitudes,
			longitudes: this.#longitudes,
		});
		return this.#tree;
	}
}
