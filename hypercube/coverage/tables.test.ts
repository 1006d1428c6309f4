import { expect, test } from "vitest";
import type { Parameter } from "../cube/coverage.ts";
import { features, table } from "./format.ts";
import {
	collectionOf,
	coverageOf,
	forecast,
	pointsOf,
	REFERENCE,
} from "./kit/collections.ts";
import { textOf } from "./kit/read.ts";

const at6 = { time: "2025-01-01T06:00:00Z", step: 6 };
const area = {
	type: "MultiPoint",
	points: pointsOf([
		[52.5, 4.25],
		[-10, 359.75],
	]),
	levels: [500, 850],
	instant: at6,
} as const;
const series = {
	type: "PointSeries",
	latitude: 52.5,
	longitude: 4.25,
	level: undefined,
	instants: [
		{ time: REFERENCE, step: 0 },
		{ time: "2025-01-02T00:00:00Z", step: undefined },
		{ time: "2025-01-03T06:20:00Z", step: 6 + 1 / 3 },
	],
} as const;
const { number: _, ...deterministic } = forecast;

test("CSV has a row for each place, level and instant, with a reference of its own", async () => {
	const coverages = [
		coverageOf(area, { t: [1, Number.NaN, 3, 4.5], q: [5, 6, 7, 8] }),
		coverageOf(series, { q: [9, 1e-7, 2] }, { keys: deterministic }),
	];
	expect(await textOf(collectionOf("boundingbox", coverages), table)).toBe(
		[
			"latitude,longitude,level,time,step,number,reference,t [K],q [kg kg**-1]",
			"52.5,4.25,500,2025-01-01T06:00:00Z,6,1,2025-01-01T00:00:00Z,1,5",
			"-10,359.75,500,2025-01-01T06:00:00Z,6,1,2025-01-01T00:00:00Z,,6",
			"52.5,4.25,850,2025-01-01T06:00:00Z,6,1,2025-01-01T00:00:00Z,3,7",
			"-10,359.75,850,2025-01-01T06:00:00Z,6,1,2025-01-01T00:00:00Z,4.5,8",
			"52.5,4.25,,2025-01-01T00:00:00Z,0,,2025-01-01T00:00:00Z,,9",
			"52.5,4.25,,2025-01-02T00:00:00Z,,,2025-01-02T00:00:00Z,,1e-7",
			"52.5,4.25,,2025-01-03T06:20:00Z,6.333333333333333,,2025-01-03T00:00:00Z,,2",
			"",
		].join("\r\n"),
	);
});

test("CSV quotes what holds commas or quotes", async () => {
	const odd: Parameter = { name: 'a"b', label: "", units: "m, s" };
	const coverage = coverageOf(
		series,
		{ 'a"b': [1, 2, 3] },
		{ parameters: [odd] },
	);
	const text = await textOf(collectionOf("timeseries", [coverage]), table);
	expect(text.slice(0, text.indexOf("\r\n"))).toBe(
		'latitude,longitude,level,time,step,number,reference,"a""b [m, s]"',
	);
});

test("GeoJSON has a point for each place, level and instant, with a reference of its own", async () => {
	const coverages = [
		coverageOf(area, { t: [1, Number.NaN, 3, 4.5] }),
		coverageOf(series, { t: [9, 1e-7, 2] }, { keys: deterministic }),
	];
	const text = await textOf(collectionOf("boundingbox", coverages), features);
	expect(JSON.parse(text)).toEqual({
		type: "FeatureCollection",
		parameters: {
			t: {
				label: "Temperature",
				units: "K",
				standardName: "air_temperature",
			},
		},
		features: [
			point([4.25, 52.5], { ...at6, level: 500, number: 1, t: 1 }),
			point([-0.25, -10], { ...at6, level: 500, number: 1, t: null }),
			point([4.25, 52.5], { ...at6, level: 850, number: 1, t: 3 }),
			point([-0.25, -10], { ...at6, level: 850, number: 1, t: 4.5 }),
			point([4.25, 52.5], { time: REFERENCE, step: 0, t: 9 }),
			point([4.25, 52.5], {
				time: "2025-01-02T00:00:00Z",
				reference: "2025-01-02T00:00:00Z",
				t: 1e-7,
			}),
			point([4.25, 52.5], {
				time: "2025-01-03T06:20:00Z",
				step: 6 + 1 / 3,
				reference: "2025-01-03T00:00:00Z",
				t: 2,
			}),
		],
	});
});

test("fewer values than places are a fault", async () => {
	const coverage = coverageOf(area, { t: [1, 2, 3] });
	await expect(
		textOf(collectionOf("boundingbox", [coverage]), table),
	).rejects.toThrow("t: fewer values than places");
});

function point(coordinates: readonly number[], properties: object): object {
	return {
		type: "Feature",
		geometry: { type: "Point", coordinates },
		properties: { reference: REFERENCE, ...properties },
	};
}
