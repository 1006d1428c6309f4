import type { Feature } from "../feature/feature.ts";
import type { Area } from "../grid/area.ts";
import type { Grid } from "../grid/grid.ts";
import { countOf, type Ranges } from "../grid/ranges.ts";
import type { Coverage, Domain, Parameter } from "./coverage.ts";
import type { Field } from "./field.ts";
import type { Cell, Group } from "./groups.ts";
import {
	instantOf,
	isoTime,
	levelOf,
	referenceMs,
	stepSeconds,
} from "./instant.ts";
import { pointsOf, type Reading, slicesOf } from "./reading.ts";

/** The part of a cell's fields that belongs to the answer. */
export interface Section {
	readonly cell: Cell;
	readonly grid: Grid;
	readonly ranges: Ranges;
	/** Points. */
	readonly count: number;
}

type Shaped = Extract<Feature, { kind: "area" | "corridor" }>;

/** What a shape cuts out of groups; of each grid and area once. */
export class Cutter {
	readonly #feature: Shaped;
	readonly #gridOf: (field: Field) => Grid;
	readonly #check: Reading["check"];
	readonly #cuts = new Map<Grid, Map<Area, Ranges>>();

	constructor(
		feature: Shaped,
		gridOf: (field: Field) => Grid,
		check: Reading["check"],
	) {
		this.#feature = feature;
		this.#gridOf = gridOf;
		this.#check = check;
	}

	/** The sections of a group in the order of its domain: step by step, level by level. Empty ones are left out. */
	async sections({ cells }: Group): Promise<Section[]> {
		const sections: Section[] = [];
		for (const cell of [...cells].sort(byStepAndLevel)) {
			const pause = this.#check();
			if (pause !== undefined) await pause;
			const [field] = cell.fields.values();
			const area = areaFor(this.#feature, cell);
			if (!field || !area) continue;
			const grid = this.#gridOf(field);
			const ranges = this.#cut(grid, area);
			const count = countOf(ranges);
			if (count > 0) sections.push({ cell, grid, ranges, count });
		}
		return sections;
	}

	#cut(grid: Grid, area: Area): Ranges {
		const known = this.#cuts.get(grid) ?? new Map<Area, Ranges>();
		this.#cuts.set(grid, known);
		const ranges = known.get(area) ?? grid.inside(area);
		known.set(area, ranges);
		return ranges;
	}
}

function byStepAndLevel(a: Cell, b: Cell): number {
	const steps = (stepSeconds(a.keys) ?? 0) - (stepSeconds(b.keys) ?? 0);
	return steps || (levelOf(a.keys) ?? 0) - (levelOf(b.keys) ?? 0);
}

function areaFor(feature: Shaped, { keys }: Cell): Area | undefined {
	if (feature.kind === "area") return feature.area;
	const seconds = stepSeconds(keys);
	return feature.section(
		levelOf(keys),
		seconds === undefined ? undefined : seconds / 3600,
	);
}

/** The coverage of a group's sections, at least one: points of an area, or of a path. */
export function sectionCoverage(
	feature: Feature,
	{ keys, parameters }: Group,
	sections: readonly Section[],
	reading: Reading,
): Coverage {
	const [first] = sections;
	if (!first) throw new Error("a coverage without a point");
	return {
		keys,
		reference: isoTime(referenceMs(first.cell.keys)),
		domain: domainOf(feature, first, sections),
		parameters,
		async *values(parameter: Parameter) {
			for (const { cell, ranges, count } of sections)
				yield* slicesOf(cell.fields.get(parameter), ranges, count, reading);
		},
	};
}

function domainOf(
	feature: Feature,
	first: Section,
	sections: readonly Section[],
): Domain {
	if (feature.type === "trajectory")
		return {
			type: "Trajectory",
			sections: sections.map(({ cell, grid, ranges, count }) => ({
				instant: instantOf(cell.keys),
				level: levelOf(cell.keys),
				points: pointsOf(grid, ranges, count),
			})),
		};
	return {
		type: "MultiPoint",
		points: pointsOf(first.grid, first.ranges, first.count),
		levels: sections.flatMap(({ cell }) => levelOf(cell.keys) ?? []),
		instant: instantOf(first.cell.keys),
	};
}
