import type {
	CoverageCollection,
	CoverageOutlines,
} from "../../cube/coverage.ts";
import { encodeHeader } from "../../netcdf/classic/header.ts";
import type { Layout } from "./layout.ts";
import { stacked } from "./stacked.ts";
import { surveyOf } from "./survey.ts";
import { table } from "./table.ts";

/**
 * NetCDF in its classic format, by the CF conventions (1.11). Its header says where everything lies, so all coverages are
 * looked at before it is written; then they are written as they are read. Coverages that are alike lie along the first
 * dimensions of one array for each parameter; else each of their places is a record. What is missing is NaN.
 */
export async function* netcdf(
	collection: CoverageCollection,
): AsyncGenerator<Uint8Array, void, undefined> {
	const layout = await layoutOf(collection);
	yield encodeHeader(layout.file).bytes;
	yield* layout.fixed();
	yield* layout.records(collection.coverages);
}

/** Octets of the file. */
export async function netcdfSize(outlines: CoverageOutlines): Promise<number> {
	const { file } = await layoutOf(outlines);
	return encodeHeader(file).size;
}

async function layoutOf(outlines: CoverageOutlines): Promise<Layout> {
	const survey = await surveyOf(outlines);
	return survey.alike ? stacked(survey, outlines) : table(survey, outlines);
}
