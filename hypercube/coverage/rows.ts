import type { Coverage, Parameter } from "../cube/coverage.ts";
import { columnOf, emptyColumn } from "./column.ts";
import { type Places, placesIn } from "./places.ts";

/** Some rows of a coverage: places, and beside them the values of each parameter. */
export interface Rows extends Places {
	/** In the order of the parameters asked for; `NaN` where a value is missing. Good until the next rows. */
	readonly columns: readonly Float64Array[];
}

/**
 * A coverage as the rows of a table with a column for each parameter: all are read side by side.
 *
 * @throws Error when a parameter has fewer values than the domain has places
 */
export async function* rowsOf(
	coverage: Coverage,
	parameters: readonly Parameter[],
): AsyncGenerator<Rows, void, undefined> {
	const columns = parameters.map(({ name }) => {
		const own = coverage.parameters.find((one) => one.name === name);
		return own === undefined ? emptyColumn() : columnOf(coverage, own);
	});
	try {
		for (const places of placesIn(coverage.domain)) {
			const values: Float64Array[] = [];
			for (const column of columns)
				values.push(await column.take(places.latitudes.length));
			yield { ...places, columns: values };
		}
	} finally {
		for (const column of columns) await column.close();
	}
}
