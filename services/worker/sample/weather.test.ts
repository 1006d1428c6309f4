import { expect, test } from "vitest";
import { octahedralGrid } from "../../../hypercube/grid/octahedral.ts";
import { evaluator, harmonicsOf, type RowHarmonics } from "./harmonics.ts";
import * as weather from "./weather.ts";

const grid = octahedralGrid(24);
const evaluate = evaluator(grid);
const run = { start: 0, member: 0 };

function fieldOf(
	row: (place: weather.Place) => RowHarmonics,
	hPa = 1000,
	step = 0,
) {
	const height = Math.log(1000 / hPa);
	return evaluate(
		harmonicsOf(grid.latitudes.length, (index) => {
			const latitude = ((grid.latitudes[index] ?? 0) * Math.PI) / 180;
			return row({ run, step, latitude, height });
		}),
	);
}

test.each([
	["2t (K)", weather.surfaceTemperature, 1000, 230, 315],
	["msl (Pa)", weather.pressure, 1000, 95_000, 105_000],
	["t at 500 hPa (K)", weather.temperature, 500, 220, 275],
	["t at 250 hPa (K)", weather.temperature, 250, 200, 245],
	["u at 250 hPa (m/s)", weather.eastWind, 250, -60, 90],
	["v at 250 hPa (m/s)", weather.northWind, 250, -70, 70],
	["z at 500 hPa (m²/s²)", weather.geopotential, 500, 45_000, 59_000],
] as const)("%s stays plausible", (_, row, hPa, low, high) => {
	for (const step of [0, 36, 72]) {
		const values = fieldOf(row, hPa, step);
		expect(Math.min(...values)).toBeGreaterThan(low);
		expect(Math.max(...values)).toBeLessThan(high);
	}
});

test("the poles are colder than the equator, and January's north the coldest", () => {
	const { mean } = harmonicsOf(3, (index) =>
		weather.surfaceTemperature({
			run,
			step: 0,
			height: 0,
			latitude: [1.5, 0, -1.5][index] ?? 0,
		}),
	);
	expect(mean[0]).toBeLessThan(mean[2] ?? 0);
	expect(mean[2]).toBeLessThan(mean[1] ?? 0);
});

test("wind blows along the isobars: low pressure on its left in the north, right in the south", () => {
	for (const latitude of [0.8, -0.8]) {
		const place = { run, step: 24, height: 0.7, latitude };
		const slope = (ahead: number) =>
			weather.geopotential({ ...place, latitude: latitude + ahead }).mean;
		const rise = slope(1e-3) - slope(-1e-3);
		expect(Math.sign(weather.eastWind(place).mean)).toBe(
			-Math.sign(rise) * Math.sign(latitude),
		);
		// Northward wind is zero on a crest: a quarter wave apart from geopotential, at every wave.
		const [z, v] = [weather.geopotential(place), weather.northWind(place)];
		z.cos.forEach((cos, k) => {
			expect(
				cos * (v.cos[k] ?? 0) + (z.sin[k] ?? 0) * (v.sin[k] ?? 0),
			).toBeCloseTo(0, 6);
		});
	}
});

test("waves travel east", () => {
	const phase = (step: number) => {
		const { cos, sin } = weather.geopotential({
			run,
			step,
			height: 0,
			latitude: 0.8,
		});
		return Math.atan2(sin[2] ?? 0, cos[2] ?? 0);
	};
	expect(phase(6)).toBeGreaterThan(phase(0));
});

test("it rains somewhere, and never less than nothing", () => {
	const rates = [...fieldOf(weather.rising)].map(weather.rainRate);
	expect(Math.min(...rates)).toBe(0);
	expect(Math.max(...rates)).toBeGreaterThan(1e-4);
	expect(Math.max(...rates)).toBeLessThan(1e-2);
});
