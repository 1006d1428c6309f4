import { writeMessage } from "../../../hypercube/grib/write/message.ts";
import {
	type ParameterName,
	parameterCodings,
} from "../../../hypercube/grib/write/parameter.ts";
import type { ReducedGaussianGrid } from "../../../hypercube/grid/octahedral.ts";
import {
	evaluator,
	type Harmonics,
	harmonicsOf,
	type RowHarmonics,
} from "./harmonics.ts";
import * as weather from "./weather.ts";

/** One forecast of the sample archive. */
export interface SampleRun extends weather.Run {
	/** YYYYMMDD. */
	readonly date: string;
}

export const levels = [1000, 850, 500, 250] as const;
const stepHours = 6;
const lastStep = 72;
export const members = 2;

type RowOf = (place: weather.Place) => RowHarmonics;

const surfaceFields: readonly [ParameterName, RowOf][] = [
	["2t", weather.surfaceTemperature],
	["msl", weather.pressure],
	["10u", (place) => weather.surfaceWind(place).east],
	["10v", (place) => weather.surfaceWind(place).north],
];

const levelFields: readonly [ParameterName, RowOf][] = [
	["t", weather.temperature],
	["u", weather.eastWind],
	["v", weather.northWind],
	["z", weather.geopotential],
];

/** A forecast on `grid`: its messages step by step, surface first, then level by level. */
export function* forecast(
	run: SampleRun,
	grid: ReducedGaussianGrid,
): Generator<Uint8Array[]> {
	const evaluate = evaluator(grid);
	const rain = new Float64Array(grid.size);
	for (let step = 0; step <= lastStep; step += stepHours) {
		const field = (row: RowOf, height = 0, at = step) =>
			evaluate(onGrid(grid, { run, step: at, height }, row));
		const message = messageWriter(run, grid, step);
		if (step > 0) addRain(rain, field(weather.rising, 0, step - stepHours / 2));
		yield [
			...surfaceFields.map(([name, row]) => message(name, field(row))),
			message("tp", rain),
			...levels.flatMap((level) =>
				levelFields.map(([name, row]) =>
					message(name, field(row, Math.log(1000 / level)), level),
				),
			),
		];
	}
}

function onGrid(
	grid: ReducedGaussianGrid,
	place: Omit<weather.Place, "latitude">,
	row: RowOf,
): Harmonics {
	return harmonicsOf(grid.latitudes.length, (index) => {
		const latitude = ((grid.latitudes[index] ?? 0) * Math.PI) / 180;
		return row({ ...place, latitude });
	});
}

/** Adds what falls between two steps at the rate of the middle. */
function addRain(rain: Float64Array, rise: Float64Array): void {
	rise.forEach((value, point) => {
		rain[point] = (rain[point] ?? 0) + stepHours * weather.rainRate(value);
	});
}

function messageWriter(
	run: SampleRun,
	grid: ReducedGaussianGrid,
	step: number,
) {
	const labels = {
		class: "od",
		expver: "0001",
		date: run.date,
		time: "0000",
		step,
		grid,
		...(run.member === 0
			? ({ stream: "oper", type: "fc" } as const)
			: ({
					stream: "enfo",
					type: "pf",
					member: { number: run.member, total: members },
				} as const)),
	} as const;
	return (name: ParameterName, values: Float64Array, level?: number) =>
		writeMessage({
			...labels,
			parameter: parameterCodings[name],
			values,
			...(level === undefined ? {} : { level }),
		});
}
