import type { CoverageCollection } from "../../cube/coverage.ts";
import { encodeHeader } from "../../netcdf/classic/header.ts";
import { stacked } from "./stacked.ts";
import { surveyOf } from "./survey.ts";
import { table } from "./table.ts";

/**
 * NetCDF in its classic format, by the CF conventions (1.11). Its header says where everything lies, so all coverages are
 * looked at before it is written; then they are written as they are read. Coverages that are alike are records of one
 * array for each parameter; else each of their places is one. Values are doubles, what is missing is NaN.
 */
export async function* netcdf(
	collection: CoverageCollection,
): AsyncGenerator<Uint8Array, void, undefined> {
	const survey = await surveyOf(collection);
	const layout = (survey.alike ? stacked : table)(survey, collection);
	yield encodeHeader(layout.file).bytes;
	yield* layout.fixed();
	yield* layout.records(collection.coverages);
}
