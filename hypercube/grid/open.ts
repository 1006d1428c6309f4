import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { UnsupportedField } from "../cube/field.ts";
import { gridOfSection2 } from "./edition1.ts";
import { gridOfSection3, readReference } from "./edition2.ts";
import type { Coordinates, Grid } from "./grid.ts";
import { PlaneGrid } from "./plane.ts";
import { type FindPoints, UnstructuredGrid } from "./unstructured.ts";

/** Where a message says what its grid is. */
export interface GridSection {
	readonly edition: 1 | 2;
	/** The whole of section 2 (GRIB 1) or 3 (GRIB 2), lists of points of each row included. */
	readonly octets: Uint8Array;
	/** GRIB 1 only: how many values the message has, where known; its grid does not say how many points there are. */
	readonly values?: number;
}

/** Octets that all remembered grids take together, about. */
const cache = new LRUCache<string, Grid>({
	maxSize: 512e6,
	sizeCalculation: weight,
});

function weight(grid: Grid): number {
	if (grid instanceof UnstructuredGrid) return 1000 + 32 * grid.size;
	// Tiles take two thirds of an octet a point, rows 40 octets each.
	return grid instanceof PlaneGrid ? 1000 + grid.size : 250_000;
}

/**
 * The grid that a section describes; the same object for the same octets, as long as it is remembered.
 * @param find where the points of an unstructured grid come from; without it such a grid is not supported
 * @throws UnsupportedField for a template that is not known, BrokenField for a section that contradicts itself
 */
export function openGrid(section: GridSection): Grid;
export function openGrid(
	section: GridSection,
	find: FindPoints | undefined,
): Grid | Promise<Grid>;
export function openGrid(
	section: GridSection,
	find?: FindPoints,
): Grid | Promise<Grid> {
	const id = idOf(section);
	const known = cache.get(id);
	if (known !== undefined) return known;
	const { edition, octets, values } = section;
	const reference = edition === 2 ? readReference(octets) : undefined;
	if (reference === undefined)
		return remember(
			edition === 1
				? gridOfSection2(octets, id, values)
				: gridOfSection3(octets, id),
		);
	const points = find?.(reference);
	if (points === undefined)
		throw new UnsupportedField(
			`an unstructured grid (${reference.uuid}, number ${reference.grid}, part ${reference.part}) needs a file with the coordinates of its ${reference.points} points`,
		);
	const make = (coordinates: Coordinates): Grid =>
		remember(new UnstructuredGrid(id, coordinates, reference.points));
	return points instanceof Promise ? points.then(make) : make(points);
}

function remember(grid: Grid): Grid {
	cache.set(grid.id, grid);
	return grid;
}

function idOf({ edition, octets, values }: GridSection): string {
	return createHash("sha256")
		.update(`${edition} ${edition === 1 ? values : ""} `)
		.update(octets)
		.digest("hex")
		.slice(0, 32);
}
