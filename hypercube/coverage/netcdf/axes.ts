import type { Attributes, Dimension } from "../../netcdf/classic/header.ts";
import { swapped } from "../../netcdf/classic/numbers.ts";
import * as describe from "./describe.ts";
import type { Frame, FrameVariable } from "./frame.ts";
import { isMonotonic } from "./product.ts";
import type { Moment, Survey } from "./survey.ts";

/** What coverages of an area may differ in. */
interface Axis extends Dimension {
	readonly values: readonly number[];
	of(moment: Moment): number;
}

/** A coordinate, and the axes that it depends on. */
interface Coordinate {
	readonly name: string;
	readonly attributes: Attributes;
	readonly type: "float64" | "int32";
	readonly along: readonly Axis[];
	of(moment: Moment): number;
}

/**
 * Areas as arrays along time and members (of several forecasts: along their starts, and the steps), where there is one for
 * each pair, in their order. The outermost axis is that of the records.
 */
export function areaFrame(survey: Survey): Frame | undefined {
	const { moments, keys } = survey;
	if ([...keys.values()].some(({ same }) => !same)) return undefined;
	const found = axesOf(survey);
	const order = permutations(
		found.axes.filter(({ length }) => length > 1),
	).find((axes) => isNested(moments, axes));
	if (!order?.every(({ values }) => isMonotonic(values))) return undefined;
	const [record = found.last, ...dimensions] = order;
	const axes = [record, ...dimensions];
	const variables = coordinatesOf(survey, found).map((one) =>
		variableOf(one, axes, moments),
	);
	const isRecord = ({ dimensions: [first] }: FrameVariable) => first === record;
	return {
		record,
		dimensions,
		together: dimensions.reduce((product, { length }) => product * length, 1),
		fixed: variables.filter((one) => !isRecord(one)),
		records: variables.filter(isRecord),
	};
}

interface Found {
	readonly axes: readonly Axis[];
	/** Of times, or of steps. */
	readonly last: Axis;
	readonly references: Axis;
	readonly members: Axis;
	/** Whether starts and steps are two axes. */
	readonly crossed: boolean;
}

function axesOf({ moments }: Survey): Found {
	const axis = (name: string, of: Axis["of"]): Axis => {
		const values = [...new Set(moments.map(of))];
		return { name, length: values.length, values, of };
	};
	const references = axis("forecast_reference_time", (one) => one.reference);
	const steps = axis("forecast_period", ({ step }) => step);
	const members = axis("realization", ({ member }) => member);
	const crossed = references.length > 1 && steps.length > 1;
	const last = crossed ? steps : axis("time", ({ time }) => time);
	const axes = crossed ? [references, members, last] : [members, last];
	return { axes, last, references, members, crossed };
}

function coordinatesOf({ any, members: count }: Survey, found: Found) {
	const { last, references, members, crossed } = found;
	const all: Coordinate[] = [
		{
			name: "time",
			type: "float64",
			attributes: describe.time,
			along: crossed ? [references, last] : [last],
			of: ({ time }) => time,
		},
		{
			name: "forecast_reference_time",
			type: "float64",
			attributes: describe.reference,
			along: crossed ? [references] : references.length > 1 ? [last] : [],
			of: ({ reference }) => reference,
		},
	];
	if (any.step)
		all.push({
			name: "forecast_period",
			type: "float64",
			attributes: describe.period,
			along: [last],
			of: ({ step }) => step,
		});
	if (count > 0)
		all.push({
			name: "realization",
			type: "int32",
			attributes: describe.realization,
			along: [members],
			of: ({ member }) => member,
		});
	return all;
}

/** The array of a coordinate, along those of its axes that the file has, in the file's order. */
function variableOf(
	{ name, type, attributes, along, of }: Coordinate,
	axes: readonly Axis[],
	moments: readonly Moment[],
): FrameVariable {
	const strides = stridesOf(axes);
	const own = [...axes.entries()].filter(([, axis]) => along.includes(axis));
	const isRecord = own[0]?.[0] === 0;
	return {
		name,
		type,
		attributes,
		dimensions: own.map(([, axis]) => axis),
		octets(_, nth) {
			let places = [isRecord ? nth * (strides[0] ?? 1) : 0];
			for (const [at, { length }] of isRecord ? own.slice(1) : own)
				places = places.flatMap((place) =>
					Array.from(
						{ length },
						(_, index) => place + index * (strides[at] ?? 1),
					),
				);
			const numbers = places.map((place) => {
				const moment = moments[place];
				return moment === undefined ? Number.NaN : of(moment);
			});
			return swapped(
				type === "int32"
					? Int32Array.from(numbers)
					: Float64Array.from(numbers),
			);
		},
	};
}

/** Coverages from one value of each axis to the next. */
const stridesOf = (axes: readonly Axis[]): number[] =>
	axes.map((_, at) =>
		axes.slice(at + 1).reduce((product, { length }) => product * length, 1),
	);

/** Whether the moments are all pairs of the axes' values, the last changing first. */
function isNested(moments: readonly Moment[], axes: readonly Axis[]): boolean {
	const strides = stridesOf(axes);
	const count = axes.reduce((product, { length }) => product * length, 1);
	return (
		count === moments.length &&
		moments.every((moment, at) =>
			axes.every(({ values, length, of }, nth) => {
				const place = Math.floor(at / (strides[nth] ?? 1)) % length;
				return Object.is(values[place], of(moment));
			}),
		)
	);
}

function permutations<T>(all: readonly T[]): T[][] {
	if (all.length === 0) return [[]];
	return all.flatMap((one) =>
		permutations(all.filter((other) => other !== one)).map((rest) => [
			one,
			...rest,
		]),
	);
}
