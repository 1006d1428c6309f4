import { expect, test } from "vitest";
import { distinct } from "./distinct.ts";
import { covjson } from "./format.ts";
import {
	collectionOf,
	coverageOf,
	REFERENCE,
	temperature,
} from "./kit/collections.ts";
import { textOf } from "./kit/read.ts";
import { parameterOf, parameters } from "./parameter.ts";

test.each([
	[
		"167",
		{
			id: 167,
			name: "2t",
			label: "2 metre temperature",
			units: "K",
			standardName: "air_temperature",
		},
	],
	["130", { id: 130, name: "t", label: "Temperature", units: "K" }],
	["228", { id: 228, name: "tp", label: "Total precipitation", units: "m" }],
	["999999", { id: 999999, name: "p999999", label: "p999999", units: "" }],
	["sst", { name: "sst", label: "sst", units: "" }],
])("parameter %s", (param, expected) => {
	expect(parameterOf({ keys: { param } })).toMatchObject(expected);
});

test("what the source says comes first", () => {
	const said = { units: "degC", longName: "Sea", standardName: "sea" };
	expect(parameterOf({ keys: { param: "167" }, ...said })).toEqual({
		id: 167,
		name: "2t",
		label: "Sea",
		units: "degC",
		standardName: "sea",
	});
	expect(parameterOf({ keys: { param: "228" } })).not.toHaveProperty(
		"standardName",
	);
});

test("parameters that share a name are told apart", async () => {
	const other = { ...temperature, id: 500014, label: "Temperature (DWD)" };
	const domain = {
		type: "PointSeries",
		latitude: 1,
		longitude: 2,
		level: undefined,
		instants: [{ time: REFERENCE, step: 0 }],
	} as const;
	const coverage = {
		...coverageOf(domain, {}),
		parameters: [temperature, other],
		async *values({ id }: { readonly id?: number }) {
			yield Float64Array.of(id ?? 0);
		},
	};
	const collection = {
		...collectionOf("timeseries", [coverage]),
		parameters: [temperature, other],
	};
	const { parameters, coverages } = JSON.parse(
		await textOf(collection, covjson),
	);
	expect(Object.keys(parameters)).toEqual(["t", "t_500014"]);
	expect(coverages[0].ranges.t.values).toEqual([130]);
	expect(coverages[0].ranges.t_500014.values).toEqual([500014]);
});

test("a collection of distinct names stays itself", () => {
	const domain = {
		type: "PointSeries",
		latitude: 1,
		longitude: 2,
		level: undefined,
		instants: [],
	} as const;
	const collection = collectionOf("timeseries", [
		coverageOf(domain, { t: [], q: [] }),
	]);
	expect(distinct(collection)).toBe(collection);
});

test("fields of the same parameter share it", () => {
	const of = parameters();
	const temperature = of({ keys: { param: "130", levelist: "500" } });
	expect(of({ keys: { param: "130", levelist: "850" } })).toBe(temperature);
	expect(of({ keys: { param: "133" } })).not.toBe(temperature);
});
