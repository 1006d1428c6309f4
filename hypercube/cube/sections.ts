import type { Feature } from "../feature/feature.ts";
import type { Area } from "../grid/area.ts";
import type { Grid } from "../grid/grid.ts";
import { RunSequence, type Sequence, type Within } from "../grid/northward.ts";
import type { Ranges } from "../grid/ranges.ts";
import type {
	Coverage,
	Domain,
	Outline,
	Parameter,
	Points,
} from "./coverage.ts";
import type { Field } from "./field.ts";
import { Firsts, wantedOf } from "./firsts.ts";
import type { Cell, Group } from "./groups.ts";
import {
	instantOf,
	isoTime,
	levelOf,
	referenceMs,
	stepSeconds,
} from "./instant.ts";
import { pointsOf, type Reading, slicesOf } from "./reading.ts";
import { Walk } from "./walk.ts";

/** Some points of a grid. */
interface Cut {
	/** By ascending index: what is read. */
	readonly ranges: Ranges;
	/** In the order of the answer. */
	readonly walk: Walk;
	readonly points: Points;
}

/** The part of a cell's fields that belongs to the answer. */
export interface Section extends Cut {
	readonly cell: Cell;
}

/** @param sequence the points in the order of the answer */
export function cutOf(
	grid: Grid,
	ranges: Ranges,
	sequence: Sequence = new RunSequence(ranges),
): Cut {
	const walk = new Walk(sequence);
	return { ranges, walk, points: pointsOf(grid, walk) };
}

/** Polytope has points of these by index, and of all other features by longitude. */
const BY_INDEX = ["boundingbox", "circle"];

function cutOut(grid: Grid, area: Area, within: Within): Cut {
	const ranges = grid.inside(area);
	return cutOf(grid, ranges, grid.northward?.(ranges, within));
}

type Shaped = Extract<Feature, { kind: "area" | "corridor" }>;

/** What a shape cuts out of groups; of each grid and area once. */
export class Cutter {
	readonly #feature: Shaped;
	readonly #gridOf: (field: Field) => Grid;
	readonly #check: Reading["check"];
	readonly #within: Within;
	readonly #cuts = new Map<Grid, Map<Area, Cut>>();

	constructor(
		feature: Shaped,
		gridOf: (field: Field) => Grid,
		check: Reading["check"],
	) {
		this.#feature = feature;
		this.#gridOf = gridOf;
		this.#check = check;
		this.#within = BY_INDEX.includes(feature.type) ? "index" : "longitude";
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
			const cut = this.#cut(grid, area);
			if (cut.points.count > 0) sections.push({ cell, ...cut });
		}
		return sections;
	}

	#cut(grid: Grid, area: Area): Cut {
		const known = this.#cuts.get(grid) ?? new Map<Area, Cut>();
		this.#cuts.set(grid, known);
		const cut = known.get(area) ?? cutOut(grid, area, this.#within);
		known.set(area, cut);
		return cut;
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

/** A group, and what a feature cuts out of it: at least one section. */
export interface Part {
	readonly group: Group;
	readonly sections: readonly Section[];
}

/** The coverages of parts: points of an area, or of a path. */
export async function* sectionCoverages(
	feature: Feature,
	parts: readonly Part[],
	reading: Reading,
): AsyncGenerator<Coverage> {
	const firsts = new Firsts(parts, reading.signal);
	for (const [place, part] of parts.entries())
		yield {
			...sectionOutline(feature, part),
			async *values(parameter: Parameter) {
				const first = firsts.take(place, parameter);
				yield* slicesOf(wantedOf(part, parameter), reading, first);
			},
		};
}

export function sectionOutline(
	feature: Feature,
	{ group, sections }: Part,
): Outline {
	const [first] = sections;
	if (!first) throw new Error("a coverage without a point");
	const { keys, parameters } = group;
	return {
		keys,
		reference: isoTime(referenceMs(first.cell.keys)),
		domain: domainOf(feature, first, sections),
		parameters,
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
			sections: sections.map(({ cell, points }) => ({
				instant: instantOf(cell.keys),
				level: levelOf(cell.keys),
				points,
			})),
		};
	return {
		type: "MultiPoint",
		points: first.points,
		levels: sections.flatMap(({ cell }) => levelOf(cell.keys) ?? []),
		instant: instantOf(first.cell.keys),
	};
}
