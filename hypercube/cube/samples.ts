import type { SamplesFeature, Vertex } from "../feature/feature.ts";
import type { Grid } from "../grid/grid.ts";
import type { Field } from "./field.ts";
import type { Cell, Group } from "./groups.ts";
import { levelOf, stepSeconds, validMs } from "./instant.ts";
import { nearestPoints } from "./nearest.ts";
import type { Reading } from "./reading.ts";
import { cutOf, type Section } from "./sections.ts";

/** A cell, and where it is in time (milliseconds since 1970), in the forecast (seconds) and in height. */
interface Placed {
	readonly cell: Cell;
	readonly time: number;
	readonly step: number;
	readonly level: number;
}

const placed = (cell: Cell): Placed => ({
	cell,
	time: validMs(cell.keys),
	step: stepSeconds(cell.keys) ?? 0,
	level: levelOf(cell.keys) ?? 0,
});

/** One value for each vertex of a path. */
export class Sampler {
	readonly #feature: SamplesFeature;
	readonly #gridOf: (field: Field) => Grid;
	readonly #check: Reading["check"];
	/** Of each grid, the point nearest to each vertex. */
	readonly #nearest = new Map<Grid, Uint32Array>();

	constructor(
		feature: SamplesFeature,
		gridOf: (field: Field) => Grid,
		check: Reading["check"],
	) {
		this.#feature = feature;
		this.#gridOf = gridOf;
		this.#check = check;
	}

	/**
	 * One section of one point for each vertex, in their order: of the cells the one nearest in time (or step), among these
	 * the one nearest in level; of its grid the great-circle nearest point. Of equally near ones the earlier, the lower. Fewer
	 * where what vertices share shall stand once.
	 */
	async sections({ cells }: Group): Promise<Section[]> {
		const known = cells.map(placed);
		const sections: Section[] = [];
		const seen = new Map<Cell, Set<number>>();
		for (const [at, vertex] of this.#feature.vertices.entries()) {
			const pause = this.#check();
			if (pause !== undefined) await pause;
			const cell = nearestCell(known, vertex);
			const [field] = cell?.fields.values() ?? [];
			if (!cell || !field) continue;
			const grid = this.#gridOf(field);
			const index = this.#nearestOn(grid)[at];
			if (index === undefined) continue;
			const indices = seen.get(cell) ?? new Set<number>();
			seen.set(cell, indices);
			if (this.#feature.distinct && indices.has(index)) continue;
			indices.add(index);
			const ranges = Uint32Array.of(index, index + 1);
			sections.push({ cell, ...cutOf(grid, ranges) });
		}
		return sections;
	}

	#nearestOn(grid: Grid): Uint32Array {
		const known = this.#nearest.get(grid);
		if (known) return known;
		const { indices } = nearestPoints(grid, this.#feature.vertices);
		this.#nearest.set(grid, indices);
		return indices;
	}
}

function nearestCell(
	cells: readonly Placed[],
	vertex: Vertex,
): Cell | undefined {
	let best: Cell | undefined;
	let bestTime = Number.POSITIVE_INFINITY;
	let bestLevel = Number.POSITIVE_INFINITY;
	for (const placed of cells) {
		const time = timeBetween(placed, vertex);
		if (time > bestTime) continue;
		const level =
			vertex.level === undefined ? 0 : Math.abs(placed.level - vertex.level);
		if (time === bestTime && level >= bestLevel) continue;
		best = placed.cell;
		bestTime = time;
		bestLevel = level;
	}
	return best;
}

/** 0 where the vertex does not say when. */
function timeBetween(placed: Placed, { step, time }: Vertex): number {
	if (time !== undefined) return Math.abs(placed.time - time);
	if (step === undefined) return 0;
	return Math.abs(placed.step - step * 3600);
}
