import { describe, expect, test } from "vitest";
import { Walk } from "../cube/walk.ts";
import { box } from "./brute.ts";
import { gaussianLatitudes } from "./gaussian.ts";
import type { Grid } from "./grid.ts";
import { healpixGrid } from "./healpix.ts";
import type { Within } from "./northward.ts";
import { columnOrder, rowOrder } from "./order.ts";
import { RectilinearGrid } from "./rectilinear.ts";
import { offsetsOf } from "./reduced.ts";
import { RowGrid } from "./rows.ts";

function rowsOf(latitudes: Float64Array, columns: boolean): RowGrid {
	const rows = latitudes.length;
	const counts = Uint32Array.from({ length: rows }, (_, row) =>
		columns ? 36 : 20 + 4 * Math.min(row, rows - 1 - row),
	);
	const scanning = {
		iNegative: false,
		jPositive: false,
		jConsecutive: true,
		alternate: false,
	};
	const order = columns
		? columnOrder(rows, 36, scanning)
		: rowOrder(offsetsOf(counts), false, false);
	return new RowGrid(
		{
			id: "rows",
			kind: "rows",
			size: counts.reduce((sum, count) => sum + count),
		},
		{
			latitudes,
			wests: new Float64Array(rows),
			spans: new Float64Array(rows).fill(360),
			parts: Float64Array.from(counts),
			counts,
		},
		order,
	);
}

const healpix = (nested: boolean): Grid =>
	healpixGrid({ side: 8, nested, points: 768 }, "healpix");

const grids: readonly [string, Grid][] = [
	["reduced, north to south", rowsOf(gaussianLatitudes(8), false)],
	["reduced, south to north", rowsOf(gaussianLatitudes(8).reverse(), false)],
	["column by column", rowsOf(gaussianLatitudes(8), true)],
	["rings", healpix(false)],
	["nested", healpix(true)],
	[
		"latitudes in no order",
		new RectilinearGrid(
			Float64Array.of(10, -20, 40, 0),
			Float64Array.from({ length: 24 }, (_, n) => 15 * n),
		),
	],
];
const areas = [
	box(-90, 90, 0, 360),
	box(-25, 45, 340, 400),
	box(5, 20, 30, 90),
];

describe.each(grids)("%s", (_, grid) => {
	test.each<Within>(["index", "longitude"])("by %s", (within) => {
		for (const area of areas) {
			const ranges = grid.inside(area);
			const sequence = grid.northward?.(ranges, within);
			if (!sequence) throw new Error("a grid without parallels");
			const walk = new Walk(sequence);
			const found = pointsOf(grid, walk, walk.count);
			const all = grid.coordinates(ranges);
			const wanted = indicesOf(ranges)
				.map((index, at) => ({
					index,
					latitude: all.latitudes[at] ?? 0,
					longitude: all.longitudes[at] ?? 0,
				}))
				.sort((a, b) => a.latitude - b.latitude || a[within] - b[within]);
			expect(found).toEqual(wanted);
			// However it is cut.
			for (const length of [1, 7, 50])
				expect(pointsOf(grid, walk, length)).toEqual(wanted);
		}
	});
});

/** Read as answers are: by ascending index, slice by slice. */
function pointsOf(grid: Grid, walk: Walk, length: number) {
	const points = [];
	for (let from = 0; from < walk.count; from += length) {
		const stretch = walk.slice(from, Math.min(walk.count, from + length));
		const { ranges } = stretch;
		expect(ranges).toEqual(ranges.toSorted());
		expect(new Set(ranges).size).toBe(ranges.length);
		const { latitudes, longitudes } = grid.coordinates(ranges);
		const indices = stretch.inOrder(Float64Array.from(indicesOf(ranges)));
		const [norths, easts] = [latitudes, longitudes].map((numbers) =>
			stretch.inOrder(numbers),
		);
		for (const [at, index] of indices.entries())
			points.push({
				index,
				latitude: norths?.[at] ?? 0,
				longitude: easts?.[at] ?? 0,
			});
	}
	return points;
}

function indicesOf(ranges: Uint32Array): number[] {
	const indices: number[] = [];
	for (let at = 0; at < ranges.length; at += 2)
		for (let index = ranges[at] ?? 0; index < (ranges[at + 1] ?? 0); index++)
			indices.push(index);
	return indices;
}
