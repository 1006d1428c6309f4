import type {
	CompiledFeature,
	Place,
} from "../../hypercube/feature/feature.ts";
import type { Area } from "../../hypercube/grid/area.ts";
import type { Grid } from "../../hypercube/grid/grid.ts";
import { octahedralGrid } from "../../hypercube/grid/octahedral.ts";
import { reducedGaussianRows } from "../../hypercube/grid/reduced.ts";
import { RowGrid } from "../../hypercube/grid/rows.ts";
import { boxArea } from "../../hypercube/shape/box.ts";
import { type Outline, outlineOf, type Spot } from "./outline.ts";

/** A piece of the plane of longitude and latitude, degrees; longitudes ascend, in any turn. */
export interface Frame {
	readonly south: number;
	readonly north: number;
	readonly west: number;
	readonly east: number;
}

/** What a picture shows. */
export interface Scene {
	readonly frame: Frame;
	readonly outline: Outline;
	/** Places as they were asked for, in the order of the request. */
	readonly places: readonly Spot[];
	/** Whether they are a path. */
	readonly path: boolean;
	/** The grid point that each place gets. */
	readonly nearest: readonly Spot[];
	readonly selected: readonly Spot[];
	/** The grid's other points in the frame. */
	readonly others: readonly Spot[];
}

/** Parallels on which a shape is looked at. */
const ROWS = 300;

/** The sample archive's grid. */
export function sampleGrid(): Grid {
	const { latitudes, pl, size } = octahedralGrid(48);
	const { rows, order } = reducedGaussianRows(
		{
			pl: Uint32Array.from(pl),
			west: 0,
			east: 360e6 - 360e6 / Math.max(...pl),
			unit: 1e-6,
			points: size,
			scanning: {
				iNegative: false,
				jPositive: false,
				jConsecutive: false,
				alternate: false,
			},
		},
		latitudes,
	);
	return new RowGrid({ id: "O48", kind: "reduced_gg", size }, rows, order);
}

/**
 * What a feature selects of a grid, as the library says it.
 * @param path the vertices of a corridor, which the compiled feature no longer has
 */
export function sceneOf(
	grid: Grid,
	{ feature }: CompiledFeature,
	path: readonly Place[],
): Scene {
	const places =
		feature.kind === "points"
			? feature.points
			: feature.kind === "samples"
				? feature.vertices
				: path;
	const area = feature.kind === "area" ? feature.area : undefined;
	const middle = area
		? middleOf(area.intervals((area.south + area.north) / 2))
		: (places[0]?.longitude ?? 0);
	const turn = (longitude: number): number =>
		longitude + Math.round((middle - longitude) / 360) * 360;
	const spots = places.map(
		({ longitude, latitude }): Spot => [turn(longitude), latitude],
	);
	const outline = area
		? outlineOf(area, ROWS, middle)
		: { fills: [], edges: [] };
	const frame = frameOf([...spots, ...outline.edges.flat()]);
	const nearest = area
		? []
		: places.map(({ latitude, longitude }) => {
				const [hit] = grid.nearest(latitude, longitude);
				return hit?.index ?? 0;
			});
	const around = listOf(grid, boxArea(frame));
	const selected = new Set(area ? listOf(grid, area) : nearest);
	const spotOf = (index: number): Spot => {
		const { longitudes, latitudes } = grid.coordinates(
			Uint32Array.of(index, index + 1),
		);
		return [turn(longitudes[0] ?? 0), latitudes[0] ?? 0];
	};
	return {
		frame,
		outline,
		places: spots,
		path: feature.type === "trajectory",
		nearest: nearest.map(spotOf),
		selected: [...selected].map(spotOf),
		others: around.filter((index) => !selected.has(index)).map(spotOf),
	};
}

/** The longitude opposite the middle of the widest gap between intervals. */
function middleOf(intervals: readonly number[]): number {
	let widest = 0;
	let middle = 180;
	for (let at = 0; at < intervals.length; at += 2) {
		const east = intervals[at + 1] ?? 0;
		const next = intervals[at + 2] ?? (intervals[0] ?? 0) + 360;
		if (next - east <= widest) continue;
		widest = next - east;
		middle = (east + next) / 2 - 180;
	}
	return middle;
}

function listOf(grid: Grid, area: Area): number[] {
	const ranges = grid.inside(area);
	const indices: number[] = [];
	for (let at = 0; at < ranges.length; at += 2)
		for (let index = ranges[at] ?? 0; index < (ranges[at + 1] ?? 0); index++)
			indices.push(index);
	return indices;
}

/** All spots with a margin, no smaller than a few points of the grid. */
function frameOf(spots: readonly Spot[]): Frame {
	const longitudes = spots.map(([longitude]) => longitude);
	const latitudes = spots.map(([, latitude]) => latitude);
	const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
	const margin = Math.max(4, (north - south) * 0.15);
	const aside = margin / Math.cos((((south + north) / 2) * Math.PI) / 180);
	return {
		south: Math.max(-90, south - margin),
		north: Math.min(90, north + margin),
		west: Math.min(...longitudes) - aside,
		east: Math.max(...longitudes) + aside,
	};
}
