import type { SamplesFeature, Vertex } from "../feature/feature.ts";
import type { Grid } from "../grid/grid.ts";
import type { Field } from "./field.ts";
import type { Cell, Group } from "./groups.ts";
import { levelOf, stepSeconds, validMs } from "./instant.ts";
import type { Section } from "./sections.ts";

/**
 * One section of one point for each vertex, in their order: of the cells the one nearest in time (or step), among these
 * the one nearest in level; of its grid the great-circle nearest point. Of equally near ones the earlier, the lower.
 */
export function samplesOf(
	{ vertices }: SamplesFeature,
	{ cells }: Group,
	gridOf: (field: Field) => Grid,
): Section[] {
	return vertices.flatMap((vertex) => {
		const cell = nearestCell(cells, vertex);
		const [field] = cell?.fields.values() ?? [];
		if (!cell || !field) return [];
		const grid = gridOf(field);
		const [hit] = grid.nearest(vertex.latitude, vertex.longitude);
		if (!hit) return [];
		const ranges = Uint32Array.of(hit.index, hit.index + 1);
		return [{ cell, grid, ranges, count: 1 }];
	});
}

function nearestCell(cells: readonly Cell[], vertex: Vertex): Cell | undefined {
	let best: Cell | undefined;
	let bestTime = Number.POSITIVE_INFINITY;
	let bestLevel = Number.POSITIVE_INFINITY;
	for (const cell of cells) {
		const time = timeBetween(cell, vertex);
		if (time > bestTime) continue;
		const level = levelBetween(cell, vertex);
		if (time === bestTime && level >= bestLevel) continue;
		best = cell;
		bestTime = time;
		bestLevel = level;
	}
	return best;
}

/** Milliseconds, or 0 where the vertex does not say when. */
function timeBetween({ keys }: Cell, { step, time }: Vertex): number {
	if (time !== undefined) return Math.abs(validMs(keys) - time);
	if (step === undefined) return 0;
	return Math.abs((stepSeconds(keys) ?? 0) - step * 3600) * 1000;
}

function levelBetween({ keys }: Cell, { level }: Vertex): number {
	return level === undefined ? 0 : Math.abs((levelOf(keys) ?? 0) - level);
}
