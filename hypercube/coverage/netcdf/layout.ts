import type { Coverage, CoverageOutlines } from "../../cube/coverage.ts";
import type {
	Attributes,
	ClassicFile,
	ClassicVariable,
	Dimension,
} from "../../netcdf/classic/header.ts";
import * as describe from "./describe.ts";
import { namesOf } from "./names.ts";

/** How a collection lies in a file. */
export interface Layout {
	readonly file: ClassicFile;
	/** The octets of what does not vary from record to record. */
	fixed(): AsyncIterable<Uint8Array>;
	/** The octets of all records. */
	records(coverages: AsyncIterable<Coverage>): AsyncIterable<Uint8Array>;
}

/** Names that no parameter may have. */
const reserved = [
	...["latitude", "longitude", "time", "level", "point", "obs", "coverage"],
	...["forecast_reference_time", "forecast_period", "realization", "row_size"],
	...["timeseries", "profile", "trajectory"],
];

/** The arrays of the parameters. Missing values are NaN. */
export function parameterVariables(
	{ parameters, singles }: CoverageOutlines,
	dimensions: readonly Dimension[],
	around: readonly ClassicVariable[],
): ClassicVariable[] {
	const taken = around.map(({ name }) => name);
	const names = namesOf(parameters, [...reserved, ...taken]);
	const along = dimensions.map(({ name }) => name);
	const beside = taken.filter((name) => !along.includes(name));
	return parameters.map((parameter) => {
		const single = singles.has(parameter);
		const missing = [Number.NaN];
		return {
			name: names.get(parameter) ?? parameter.name,
			type: single ? "float32" : "float64",
			dimensions,
			attributes: {
				...describe.parameter(parameter, beside),
				_FillValue: single
					? Float32Array.from(missing)
					: Float64Array.from(missing),
			},
		};
	});
}

/** Attributes of the file. */
export const globals = (
	{ feature, parameters }: CoverageOutlines,
	featureType: string | undefined,
	keys: Attributes,
): Attributes => ({
	Conventions: "CF-1.11",
	title: `${feature}: ${parameters.map(({ label }) => label).join(", ")}`,
	history: `${feature} cut out of fields, values as they were`,
	...(featureType !== undefined && { featureType }),
	...keys,
});
