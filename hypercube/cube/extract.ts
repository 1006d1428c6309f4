import type { Feature } from "../feature/feature.ts";
import type { Grid } from "../grid/grid.ts";
import { countOf } from "../grid/ranges.ts";
import type {
	CoverageCollection,
	CoverageOutlines,
	Outline,
	Parameter,
} from "./coverage.ts";
import type { Cost, Field } from "./field.ts";
import { type Group, groupsOf } from "./groups.ts";
import { levelOf, referenceMs, stepSeconds } from "./instant.ts";
import type { Reading } from "./reading.ts";
import { Sampler } from "./samples.ts";
import {
	Cutter,
	type Part,
	sectionCoverages,
	sectionOutline,
} from "./sections.ts";
import { pointsOn, seriesOf, seriesOutlines, seriesPlan } from "./series.ts";

/** What a feature asks of some fields, known before any value is read. */
export interface Extraction {
	/** Fields that are read. */
	readonly fields: number;
	/** Points read of one field, or the most of any. */
	readonly points: number;
	/** Values in the answer. */
	readonly values: number;
	/** Places in time and space that each parameter has a value at, or none: those of all coverages. */
	readonly places: number;
	/** Coverages in the answer. */
	readonly coverages: number;
	/** Octets that are read. */
	readonly cost: Cost;
	readonly grids: readonly Grid[];
	readonly parameters: readonly Parameter[];
	/** What the coverages will be. */
	readonly outlines: CoverageOutlines;
	/** Reads. Once. */
	run(reading: Reading): CoverageCollection;
}

/** Keys that the coverages of a feature run along; all others tell coverages apart. */
function alongOf(feature: Feature): readonly string[] {
	switch (feature.kind) {
		case "points":
			return ALONG[feature.along];
		case "area":
			return feature.type === "trajectory"
				? ["step", "levelist"]
				: ["levelist"];
		case "corridor":
			return ["step", "levelist"];
		case "samples":
			return feature.vertices.some(({ time }) => time !== undefined)
				? ["date", "time", "step", "levelist"]
				: ["step", "levelist"];
	}
}

const ALONG = {
	step: ["step"],
	date: ["date", "time"],
	hdate: ["hdate", "time"],
	month: ["year", "month"],
	year: ["year", "month"],
	levelist: ["levelist"],
} as const;

/**
 * Works out what to read. The geometry is done here, once for each grid.
 *
 * @param fields at least one, in the order of the request
 * @param parameterOf the same object for the same quantity
 * @param check called now and then; throws to stop
 */
export async function planExtraction(
	fields: readonly Field[],
	feature: Feature,
	parameterOf: (field: Field) => Parameter,
	check: Reading["check"],
): Promise<Extraction> {
	const grids = new Map<Field, Grid>();
	for (const field of fields) {
		const pause = check();
		if (pause !== undefined) await pause;
		const grid = field.grid();
		grids.set(field, grid instanceof Promise ? await grid : grid);
	}
	const all = [...new Set(grids.values())];
	const [only] = all.length === 1 ? all : [];
	const gridOf = (field: Field): Grid => {
		const grid = only ?? grids.get(field);
		if (!grid) throw new Error("a field whose grid was not read");
		return grid;
	};
	const groups = byDateLevelAndMember(
		groupsByGrid(fields, alongOf(feature), parameterOf, gridOf),
	);
	const common = {
		fields: fields.length,
		grids: all,
		...quantitiesOf(fields, parameterOf),
	};
	return feature.kind === "points"
		? planSeries(feature, { groups, gridOf, fields, common, check })
		: planSections(feature, { groups, gridOf, common, check });
}

function quantitiesOf(
	fields: readonly Field[],
	parameterOf: (field: Field) => Parameter,
): Pick<CoverageCollection, "parameters" | "singles"> {
	const parameters = new Set<Parameter>();
	const wide = new Set<Parameter>();
	for (const field of fields) {
		const parameter = parameterOf(field);
		parameters.add(parameter);
		if (!field.single) wide.add(parameter);
	}
	return {
		parameters: [...parameters],
		singles: parameters.difference(wide),
	};
}

/** As `groupsOf`, and fields on different grids never share a coverage: their points are others. */
function groupsByGrid(
	fields: readonly Field[],
	along: readonly string[],
	parameterOf: (field: Field) => Parameter,
	gridOf: (field: Field) => Grid,
): Group[] {
	const byGrid = Map.groupBy(fields, gridOf);
	return [...byGrid.values()].flatMap((some) =>
		groupsOf(some, along, parameterOf),
	);
}

/**
 * Of a place come the dates one after another, of a date the levels, of a level the members, of a member the steps, as in
 * Polytope's answers; what differs in other keys stays in the order of the request.
 */
function byDateLevelAndMember(groups: readonly Group[]): Group[] {
	const placed = groups.map((group) => ({
		group,
		order: [
			referenceMs(group.keys),
			levelOf(group.keys) ?? 0,
			Number(group.keys.number ?? 0),
			stepSeconds(group.keys) ?? 0,
		],
	}));
	return placed
		.sort((a, b) => firstDifference(a.order, b.order))
		.map(({ group }) => group);
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
	for (const [at, value] of a.entries()) {
		const difference = value - (b[at] ?? 0);
		if (difference) return difference;
	}
	return 0;
}

interface Grouped {
	readonly groups: readonly Group[];
	readonly gridOf: (field: Field) => Grid;
	readonly common: Pick<Extraction, "grids" | "fields"> &
		Pick<CoverageCollection, "parameters" | "singles">;
	readonly check: Reading["check"];
}

async function planSeries(
	feature: Extract<Feature, { kind: "points" }>,
	around: Grouped & { fields: readonly Field[] },
): Promise<Extraction> {
	const { groups, gridOf, fields, common, check } = around;
	const points = pointsOn(feature, common.grids);
	const plan = seriesPlan(feature, groups, points, gridOf);
	const cost = { bytes: 0, cold: 0 };
	for (const field of fields) {
		const pause = check();
		if (pause !== undefined) await pause;
		addCost(cost, field, points.get(gridOf(field))?.ranges);
	}
	const cells = groups.reduce(
		(sum, group) => sum + group.cells.length * group.parameters.length,
		0,
	);
	const outlines: CoverageOutlines = {
		feature: feature.type,
		domainType:
			feature.along === "levelist" ? "VerticalProfile" : "PointSeries",
		parameters: common.parameters,
		singles: common.singles,
		outlines: () => seriesOutlines(plan, check),
	};
	return {
		...common,
		points: feature.points.length,
		values: cells * feature.points.length,
		places:
			feature.points.length *
			groups.reduce((sum, group) => sum + group.cells.length, 0),
		coverages: groups.length * feature.points.length,
		cost,
		outlines,
		run: (reading) => ({
			...outlines,
			coverages: seriesOf(plan, reading),
		}),
	};
}

async function planSections(
	feature: Exclude<Feature, { kind: "points" }>,
	{ groups, gridOf, common, check }: Grouped,
): Promise<Extraction> {
	const around =
		feature.kind === "samples"
			? new Sampler(feature, gridOf, check)
			: new Cutter(feature, gridOf, check);
	const parts: Part[] = [];
	for (const group of groups) {
		const sections = await around.sections(group);
		if (sections.length > 0) parts.push({ group, sections });
	}
	const read = new Set<Field>();
	const cost = { bytes: 0, cold: 0 };
	const of = { points: 0, values: 0, places: 0 };
	for (const { group, sections } of parts) {
		for (const { cell, ranges, points } of sections) {
			const pause = check();
			if (pause !== undefined) await pause;
			const { count } = points;
			of.points = Math.max(of.points, count);
			of.values += count * group.parameters.length;
			of.places += count;
			for (const field of cell.fields.values()) {
				read.add(field);
				addCost(cost, field, ranges);
			}
		}
	}
	const outlines: CoverageOutlines = {
		feature: feature.type,
		domainType: feature.type === "trajectory" ? "Trajectory" : "MultiPoint",
		parameters: common.parameters,
		singles: common.singles,
		outlines: () => outlinesOf(feature, parts, check),
	};
	return {
		...common,
		...of,
		fields: read.size,
		points: feature.kind === "samples" ? feature.vertices.length : of.points,
		coverages: parts.length,
		cost,
		outlines,
		run: (reading) => ({
			...outlines,
			coverages: sectionCoverages(feature, parts, reading),
		}),
	};
}

async function* outlinesOf(
	feature: Feature,
	parts: readonly Part[],
	check: Reading["check"],
): AsyncGenerator<Outline> {
	for (const part of parts) {
		const pause = check();
		if (pause !== undefined) await pause;
		yield sectionOutline(feature, part);
	}
}

function addCost(
	sum: { bytes: number; cold: number },
	field: Field,
	ranges: Uint32Array | undefined,
): void {
	if (!ranges || countOf(ranges) === 0) return;
	const { bytes, cold } = field.cost(ranges);
	sum.bytes += bytes;
	sum.cold += cold;
}
