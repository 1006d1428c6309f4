import type {
	Coverage,
	Domain,
	Outline,
	Parameter,
} from "../../cube/coverage.ts";
import type {
	ClassicVariable,
	Dimension,
} from "../../netcdf/classic/header.ts";
import { swapped } from "../../netcdf/classic/numbers.ts";
import { placesOf } from "../count.ts";
import {
	type Column,
	columnOctets,
	columnsOf,
	columnVariable,
	roleColumn,
	sharedKeys,
	writeColumn,
} from "./columns.ts";
import { type Inner, innerOf } from "./inner.ts";
import {
	type Asked,
	globals,
	type Layout,
	parameterVariables,
} from "./layout.ts";
import type { Survey } from "./survey.ts";

/** Values that are written as one piece: 64 KiB. */
const piece = 8192;

/** What CF calls a coverage of each domain, where it has a word for it. */
const roles = {
	PointSeries: ["timeseries", "timeSeries"],
	VerticalProfile: ["profile", "profile"],
	Trajectory: ["trajectory", "trajectory"],
	MultiPoint: [undefined, undefined],
} as const satisfies Record<Domain["type"], unknown>;

/**
 * Coverages that are alike: each is a record, in which the parameters follow each other as they are read (CF 1.11, H.2.1,
 * H.3.1, H.4.1; areas as grids or cells).
 */
export function stacked(survey: Survey, { parameters }: Asked): Layout {
	const { first, coverages } = survey;
	const [role, featureType] = roles[first.domain.type];
	const record: Dimension = {
		name: role ?? recordName(survey),
		length: coverages,
	};
	const columns = columnsOf(survey);
	if (role !== undefined) columns.unshift(roleColumn(role));
	const inner = innerOf(survey);
	const shared = inner.coordinates.filter(({ shared }) => shared);
	const own = inner.coordinates.filter(({ shared }) => !shared);
	const fixed = shared.map((one) => variableOf(one, one.along));
	const around = [
		...columns.map((one) => columnVariable(one, record)),
		...own.map((one) => variableOf(one, [record, ...one.along])),
	];
	const dimensions = [record, ...inner.dimensions];
	const values = parameterVariables(parameters, dimensions, [
		...fixed,
		...around,
	]);
	return {
		file: {
			attributes: globals(featureType, sharedKeys(survey)),
			record,
			fixed,
			records: [...around, ...values],
		},
		async *fixed() {
			for (const one of shared) yield* encoded(one.of(first.domain));
		},
		async *records(coverage, nth) {
			yield scalars(columns, coverage, nth);
			for (const one of own) yield* encoded(one.of(coverage.domain));
			for (const one of parameters) yield* valuesOf(coverage, one);
		},
	};
}

/** Areas lie along what tells them apart. */
function recordName({ coverages, members, ascend }: Survey): string {
	if (ascend.times) return "time";
	return ascend.members && members === coverages ? "realization" : "coverage";
}

const variableOf = (
	{ name, attributes }: Inner["coordinates"][number],
	dimensions: readonly Dimension[],
): ClassicVariable => ({ name, type: "float64", dimensions, attributes });

function scalars(
	columns: readonly Column[],
	outline: Outline,
	nth: number,
): Buffer {
	const length = columns.reduce((sum, one) => sum + columnOctets(one), 0);
	const bytes = Buffer.alloc(length);
	let at = 0;
	for (const column of columns) {
		writeColumn(column, column.of(outline, nth), bytes, at);
		at += columnOctets(column);
	}
	return bytes;
}

function* encoded(
	slices: Iterable<Float64Array>,
): Generator<Buffer, void, undefined> {
	for (const slice of slices)
		for (let from = 0; from < slice.length; from += piece)
			yield swapped(slice.subarray(from, from + piece));
}

/** @throws Error when there are more or fewer values than the domain has places */
async function* valuesOf(
	coverage: Coverage,
	{ name }: Parameter,
): AsyncGenerator<Buffer, void, undefined> {
	const count = placesOf(coverage.domain);
	const own = coverage.parameters.find((one) => one.name === name);
	if (!own) return yield* encoded(absent(count));
	let done = 0;
	for await (const slice of coverage.values(own)) {
		done += slice.length;
		yield* encoded([slice]);
	}
	if (done !== count)
		throw new Error(`${name}: ${done} values for ${count} places`);
}

function* absent(count: number): Generator<Float64Array, void, undefined> {
	for (let from = 0; from < count; from += piece)
		yield new Float64Array(Math.min(piece, count - from)).fill(Number.NaN);
}
