import type { ReducedGaussianGrid } from "../../../hypercube/grid/octahedral.ts";

/** Zonal wave numbers of the sample weather: 1 is the day's course, the others are travelling waves. */
export const waves = [1, 4, 5, 7, 9] as const;

/**
 * A smooth field as, for each row of latitude, a mean and the amplitudes of the cosine and sine of each
 * wave: everything linear (derivatives, sums, levels) is done on rows and costs nothing.
 */
export interface Harmonics {
	readonly mean: Float64Array;
	/** Row by row, one value per wave. */
	readonly cos: Float64Array;
	readonly sin: Float64Array;
}

/** Evaluates harmonics at the points of one grid. */
export type Evaluate = (harmonics: Harmonics) => Float64Array;

/** The value of one field in the row of the given latitude (radians). */
export interface RowHarmonics {
	readonly mean: number;
	readonly cos: readonly number[];
	readonly sin: readonly number[];
}

export function harmonicsOf(
	rows: number,
	row: (index: number) => RowHarmonics,
): Harmonics {
	const mean = new Float64Array(rows);
	const cos = new Float64Array(rows * waves.length);
	const sin = new Float64Array(rows * waves.length);
	for (let index = 0; index < rows; index++) {
		const values = row(index);
		mean[index] = values.mean;
		cos.set(values.cos, index * waves.length);
		sin.set(values.sin, index * waves.length);
	}
	return { mean, cos, sin };
}

/** Rows along parallels, each of evenly spaced points from longitude 0 on. */
export type RowsOfPoints = Pick<ReducedGaussianGrid, "pl" | "size">;

/** Prepares the sines and cosines of every point once, so that a field costs ten products a point. */
export function evaluator(grid: RowsOfPoints): Evaluate {
	const table = new Float64Array(grid.size * waves.length * 2);
	let at = 0;
	for (const points of grid.pl) {
		for (let point = 0; point < points; point++) {
			for (const wave of waves) {
				const angle = (2 * Math.PI * wave * point) / points;
				table[at++] = Math.cos(angle);
				table[at++] = Math.sin(angle);
			}
		}
	}
	return (harmonics) => evaluate(grid, table, harmonics);
}

function evaluate(
	grid: RowsOfPoints,
	table: Float64Array,
	{ mean, cos, sin }: Harmonics,
): Float64Array {
	const values = new Float64Array(grid.size);
	let at = 0;
	let entry = 0;
	grid.pl.forEach((points, row) => {
		const first = row * waves.length;
		for (let point = 0; point < points; point++) {
			let value = mean[row] ?? 0;
			for (let k = first; k < first + waves.length; k++) {
				value += (cos[k] ?? 0) * (table[entry++] ?? 0);
				value += (sin[k] ?? 0) * (table[entry++] ?? 0);
			}
			values[at++] = value;
		}
	});
	return values;
}
