import { levels } from "./forecast.ts";
import { evaluator, harmonicsOf, type RowHarmonics } from "./harmonics.ts";
import * as weather from "./weather.ts";

const spacing = 2.5;
export const latitudes = Float64Array.from(
	{ length: 73 },
	(_, row) => 90 - spacing * row,
);
export const longitudes = Float64Array.from(
	{ length: 144 },
	(_, column) => spacing * column,
);
/** Hours since 2025-01-01. */
export const starts = [0, 24];
export const steps = Array.from({ length: 13 }, (_, at) => 6 * at);

type RowOf = (place: weather.Place) => RowHarmonics;

/** A variable, packed into integers of two octets. */
export interface Packed {
	readonly name: string;
	readonly row: RowOf;
	/** hPa; empty for one of the surface. */
	readonly levels: readonly number[];
	readonly scale: number;
	readonly offset: number;
	readonly attributes: Readonly<Record<string, string>>;
}

export const variables: readonly Packed[] = [
	{
		name: "t2m",
		row: weather.surfaceTemperature,
		levels: [],
		scale: 0.01,
		offset: 273.15,
		attributes: {
			units: "K",
			long_name: "2 metre temperature",
			standard_name: "air_temperature",
		},
	},
	{
		name: "msl",
		row: weather.pressure,
		levels: [],
		scale: 0.5,
		offset: 100_000,
		attributes: {
			units: "Pa",
			long_name: "Mean sea level pressure",
			standard_name: "air_pressure_at_mean_sea_level",
		},
	},
	{
		name: "t",
		row: weather.temperature,
		levels,
		scale: 0.01,
		offset: 250,
		attributes: {
			units: "K",
			long_name: "Temperature",
			standard_name: "air_temperature",
		},
	},
];

/** Values of a chunk: all steps of a forecast, so that a series at a point is one chunk. */
export const chunkRows = 25;
export const chunkColumns = 48;

/** Coordinates by CF conventions. */
export const coordinates = [
	{
		name: "time",
		values: starts,
		attributes: {
			standard_name: "forecast_reference_time",
			units: "hours since 2025-01-01 00:00:00",
			calendar: "proleptic_gregorian",
		},
	},
	{
		name: "step",
		values: steps,
		attributes: {
			standard_name: "forecast_period",
			units: "hours",
			// What xarray reads as a length of time, not as a number.
			dtype: "timedelta64[ns]",
		},
	},
	{
		name: "level",
		values: levels,
		attributes: {
			standard_name: "air_pressure",
			units: "hPa",
			positive: "down",
			axis: "Z",
		},
	},
	{
		name: "latitude",
		values: latitudes,
		attributes: {
			standard_name: "latitude",
			units: "degrees_north",
			axis: "Y",
		},
	},
	{
		name: "longitude",
		values: longitudes,
		attributes: {
			standard_name: "longitude",
			units: "degrees_east",
			axis: "X",
		},
	},
] as const;

const grid = {
	latitudes,
	pl: Array.from(latitudes, () => longitudes.length),
	size: latitudes.length * longitudes.length,
};

/** The chunks of a variable by their keys. */
export function* chunksOf(
	variable: Packed,
): Generator<[key: string, bytes: Uint8Array]> {
	const evaluate = evaluator(grid);
	const heights = variable.levels.length > 0 ? variable.levels : [1000];
	for (const [run, start] of starts.entries()) {
		for (const [place, level] of heights.entries()) {
			const fields = steps.map((step) =>
				evaluate(
					harmonicsOf(latitudes.length, (row) =>
						variable.row({
							run: { start, member: 0 },
							step,
							height: Math.log(1000 / level),
							// The wave's derivatives end at the poles themselves.
							latitude:
								(Math.max(-89.9, Math.min(89.9, latitudes[row] ?? 0)) *
									Math.PI) /
								180,
						}),
					),
				),
			);
			const outer =
				variable.levels.length > 0 ? `c/${run}/0/${place}` : `c/${run}/0`;
			for (let row = 0; row * chunkRows < latitudes.length; row++)
				for (
					let column = 0;
					column * chunkColumns < longitudes.length;
					column++
				)
					yield [
						`${outer}/${row}/${column}`,
						packed(variable, fields, row, column),
					];
		}
	}
}

/** One chunk: beyond the grid's edge it holds zeros. */
function packed(
	{ scale, offset }: Packed,
	fields: readonly Float64Array[],
	row: number,
	column: number,
): Uint8Array {
	const values = new Int16Array(fields.length * chunkRows * chunkColumns);
	let at = 0;
	for (const field of fields) {
		for (let j = row * chunkRows; j < (row + 1) * chunkRows; j++) {
			for (
				let i = column * chunkColumns;
				i < (column + 1) * chunkColumns;
				i++, at++
			) {
				const value =
					j < latitudes.length ? field[j * longitudes.length + i] : undefined;
				values[at] =
					value === undefined ? 0 : Math.round((value - offset) / scale);
			}
		}
	}
	return octets(values);
}

/** The octets of numbers: little-endian, as all machines that run this have them. */
export const octets = ({ buffer }: Int16Array | Float64Array): Uint8Array =>
	new Uint8Array(buffer);
