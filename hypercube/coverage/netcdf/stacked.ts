import type {
	Coverage,
	CoverageOutlines,
	Parameter,
} from "../../cube/coverage.ts";
import type {
	ClassicVariable,
	Dimension,
} from "../../netcdf/classic/header.ts";
import { swapped } from "../../netcdf/classic/numbers.ts";
import { placesOf } from "../count.ts";
import { sharedKeys } from "./columns.ts";
import { frameOf } from "./frame.ts";
import { type Inner, innerOf } from "./inner.ts";
import { globals, type Layout, parameterVariables } from "./layout.ts";
import type { Survey } from "./survey.ts";

/** Values that are written as one piece: 64 KiB. */
const piece = 8192;

/**
 * Coverages that are alike lie along the first dimensions; in each record the parameters follow each other (CF 1.11, H.2.1,
 * H.3.1, H.4.1; areas as grids or cells).
 */
export async function stacked(
	survey: Survey,
	asked: CoverageOutlines,
): Promise<Layout> {
	const { parameters, singles } = asked;
	const { first } = survey;
	const frame = frameOf(survey);
	const { record } = frame;
	const inner = await innerOf(survey);
	const shared = inner.coordinates.filter(({ shared }) => shared);
	const own = inner.coordinates.filter(({ shared }) => !shared);
	const fixed = [
		...frame.fixed,
		...shared.map((one) => variableOf(one, one.along)),
	];
	const around = [
		...frame.records,
		...own.map((one) => variableOf(one, [record, ...one.along])),
	];
	const values = parameterVariables(
		asked,
		[record, ...frame.dimensions, ...inner.dimensions],
		[...fixed, ...around],
	);
	return {
		file: {
			attributes: globals(asked, frame.featureType, sharedKeys(survey)),
			record,
			fixed,
			records: [...around, ...values],
		},
		async *fixed() {
			for (const one of frame.fixed) yield one.octets(first, 0);
			for (const one of shared) yield* encoded(one.of(first.domain));
		},
		async *records(coverages) {
			let nth = 0;
			for await (const several of batches(coverages, frame.together)) {
				const [leader] = several;
				if (!leader) return;
				for (const one of frame.records) yield one.octets(leader, nth);
				for (const one of own) yield* encoded(one.of(leader.domain));
				for (const parameter of parameters)
					for (const coverage of several) {
						const values = valuesOf(coverage, parameter);
						const single = singles.has(parameter);
						for await (const slice of inner.arranged?.(values) ?? values)
							yield* encoded([slice], single);
					}
				nth += 1;
			}
		},
	};
}

/** So many coverages at a time: nothing of them is read before their values are asked for. */
async function* batches(
	coverages: AsyncIterable<Coverage>,
	count: number,
): AsyncGenerator<Coverage[], void, undefined> {
	let batch: Coverage[] = [];
	for await (const coverage of coverages) {
		batch.push(coverage);
		if (batch.length < count) continue;
		yield batch;
		batch = [];
	}
}

const variableOf = (
	{ name, attributes }: Inner["coordinates"][number],
	dimensions: readonly Dimension[],
): ClassicVariable => ({ name, type: "float64", dimensions, attributes });

function* encoded(
	slices: Iterable<Float64Array>,
	single = false,
): Generator<Buffer, void, undefined> {
	for (const slice of slices)
		for (let from = 0; from < slice.length; from += piece) {
			const part = slice.subarray(from, from + piece);
			yield swapped(single ? Float32Array.from(part) : part);
		}
}

/** @throws Error when there are more or fewer values than the domain has places */
async function* valuesOf(
	coverage: Coverage,
	{ name }: Parameter,
): AsyncGenerator<Float64Array, void, undefined> {
	const count = placesOf(coverage.domain);
	const own = coverage.parameters.find((one) => one.name === name);
	if (!own) return yield* absent(count);
	let done = 0;
	for await (const slice of coverage.values(own)) {
		done += slice.length;
		yield slice;
	}
	if (done !== count)
		throw new Error(`${name}: ${done} values for ${count} places`);
}

function* absent(count: number): Generator<Float64Array, void, undefined> {
	for (let from = 0; from < count; from += piece)
		yield new Float64Array(Math.min(piece, count - from)).fill(Number.NaN);
}
