import type { PointsFeature } from "../feature/feature.ts";
import type { Grid } from "../grid/grid.ts";
import type {
	Coverage,
	Instant,
	Outline,
	Parameter,
	ProfileDomain,
} from "./coverage.ts";
import { Few } from "./few.ts";
import type { Field } from "./field.ts";
import type { Cell, Group } from "./groups.ts";
import {
	instantOf,
	isoTime,
	levelOf,
	referenceMs,
	validMs,
} from "./instant.ts";
import { type NearestPoints, nearestPoints, pointsAt } from "./nearest.ts";
import type { Reading } from "./reading.ts";

/** Values held at once while fields are turned into series: 32 MiB. */
const mostHeld = 4_194_304;

/** The points of a feature on each grid that its fields lie on. */
export type PointsOn = ReadonlyMap<Grid, NearestPoints>;

/** Finds the points once for each grid. */
export function pointsOn(
	{ points }: PointsFeature,
	grids: Iterable<Grid>,
): PointsOn {
	return new Map(
		Array.from(new Set(grids), (grid) => [grid, nearestPoints(grid, points)]),
	);
}

/** The cells of a group as its coverages run along them: by time, or by level. */
function ascending({ cells }: Group, feature: PointsFeature): Cell[] {
	const place = ({ keys }: Cell): number =>
		feature.along === "levelist" ? (levelOf(keys) ?? 0) : validMs(keys);
	const placed = cells.map((cell) => ({ cell, at: place(cell) }));
	return placed.sort((a, b) => a.at - b.at).map(({ cell }) => cell);
}

/** A group as its coverages run along it. */
interface Sequence extends Group {
	readonly instants: readonly Instant[];
}

/** Groups, and the points at which they are read. */
interface SeriesPlan {
	readonly feature: PointsFeature;
	readonly groups: readonly Sequence[];
	readonly points: PointsOn;
	readonly gridOf: (field: Field) => Grid;
}

export function seriesPlan(
	feature: PointsFeature,
	groups: readonly Group[],
	points: PointsOn,
	gridOf: (field: Field) => Grid,
): SeriesPlan {
	const sequences = groups.map((group) => {
		const cells = ascending(group, feature);
		const instants =
			feature.along === "levelist"
				? []
				: cells.map(({ keys }) => instantOf(keys));
		return { ...group, cells, instants };
	});
	return { feature, groups: sequences, points, gridOf };
}

/**
 * One coverage for each point asked for, in their order, and within it for each group. A field is read once for all
 * points (of a block, where they are so many that their values do not fit): so the whole answer is never in memory.
 */
export async function* seriesOf(
	plan: SeriesPlan,
	reading: Reading,
): AsyncGenerator<Coverage> {
	const { feature, groups } = plan;
	const fields = groups.reduce(
		(sum, { cells }) =>
			sum + cells.reduce((count, cell) => count + cell.fields.size, 0),
		0,
	);
	const block = Math.max(1, Math.floor(mostHeld / Math.max(1, fields)));
	for (let from = 0; from < feature.points.length; from += block) {
		const to = Math.min(feature.points.length, from + block);
		// A group is read when its first coverage is wanted: of one point the answer begins while others are still to be read.
		const held: Held[] = [];
		for (let point = from; point < to; point++)
			for (const [place, group] of groups.entries()) {
				held[place] ??= await hold({ ...plan, group, from, to }, reading);
				yield held[place].coverage(point);
			}
	}
}

/** The same coverages without their values. */
export async function* seriesOutlines(
	plan: SeriesPlan,
	check: Reading["check"],
): AsyncGenerator<Outline> {
	for (let point = 0; point < plan.feature.points.length; point++)
		for (const group of plan.groups) {
			const pause = check();
			if (pause !== undefined) await pause;
			yield outlineOf(plan, group, point);
		}
}

interface Block extends SeriesPlan {
	readonly group: Sequence;
	readonly from: number;
	readonly to: number;
}

/** Fields of a far server that are read at a time. */
const mostFar = 16;

/** The values of a group at a block of points. */
interface Held {
	coverage(point: number): Coverage;
}

/** Reads every field of a group at the points of a block. */
async function hold(block: Block, reading: Reading): Promise<Held> {
	const { group, from, to } = block;
	const width = to - from;
	const matrices = new Map<Parameter, Float64Array>();
	for (const parameter of group.parameters)
		matrices.set(
			parameter,
			new Float64Array(group.cells.length * width).fill(Number.NaN),
		);
	const some = new Map<Grid, NearestPoints>();
	const one = new Float64Array(width);
	const far = new Few(mostFar);
	for (const [row, cell] of group.cells.entries()) {
		for (const [parameter, field] of cell.fields) {
			const pause = reading.check();
			if (pause !== undefined) await pause;
			const at = pointsOfBlock(block, field, some);
			const matrix = matrices.get(parameter);
			const alone = (field.parallel ?? 1) <= 1;
			const read = alone ? one : new Float64Array(width);
			const take = (): void => {
				for (let point = 0; point < width; point++) {
					const value = read[at.at[point] ?? 0] ?? Number.NaN;
					if (matrix) matrix[row * width + point] = value;
				}
				if (from === 0) reading.onField?.();
			};
			const pending = field.read(at.ranges, read, reading.signal);
			if (pending === undefined) take();
			else if (alone) {
				await pending;
				take();
			} else await far.add(pending.then(take));
		}
	}
	await far.all();
	return { coverage: (point) => coverageOf(block, point, matrices) };
}

function pointsOfBlock(
	{ points, gridOf, from, to }: Block,
	field: Field,
	some: Map<Grid, NearestPoints>,
): NearestPoints {
	const grid = gridOf(field);
	let found = some.get(grid);
	if (!found) {
		const all = points.get(grid);
		if (!all) throw new Error("a grid whose points were not looked for");
		found =
			to - from === all.indices.length
				? all
				: pointsAt(all.indices.subarray(from, to));
		some.set(grid, found);
	}
	return found;
}

function coverageOf(
	block: Block,
	point: number,
	matrices: ReadonlyMap<Parameter, Float64Array>,
): Coverage {
	const { group, from, to } = block;
	const rows = group.cells.length;
	const width = to - from;
	return {
		...outlineOf(block, group, point),
		async *values(parameter) {
			const matrix = matrices.get(parameter);
			const values = new Float64Array(rows);
			for (let row = 0; row < rows; row++)
				values[row] = matrix?.[row * width + point - from] ?? Number.NaN;
			yield values;
		},
	};
}

function outlineOf(
	{ feature, points, gridOf }: SeriesPlan,
	group: Sequence,
	point: number,
): Outline {
	const { cells, keys, parameters, instants } = group;
	const [cell] = cells;
	const [field] = cell?.fields.values() ?? [];
	if (!cell || !field) throw new Error("a group without a field");
	const grid = gridOf(field);
	const index = points.get(grid)?.indices[point] ?? 0;
	const { latitudes, longitudes } = grid.coordinates(
		Uint32Array.of(index, index + 1),
	);
	const place = {
		latitude: latitudes[0] ?? Number.NaN,
		longitude: longitudes[0] ?? Number.NaN,
	};
	return {
		keys,
		reference: isoTime(referenceMs(cell.keys)),
		domain:
			feature.along === "levelist"
				? profileOf(group, cell, place)
				: { type: "PointSeries", ...place, level: levelOf(keys), instants },
		parameters,
	};
}

type Located = { readonly latitude: number; readonly longitude: number };

const profileOf = (
	group: Group,
	cell: Cell,
	place: Located,
): ProfileDomain => ({
	type: "VerticalProfile",
	...place,
	levels: group.cells.map(({ keys }) => levelOf(keys) ?? 0),
	instant: instantOf(cell.keys),
});
