import { expect, test } from "vitest";
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

test("parameters that share a short name are told apart", () => {
	const of = parameters();
	const [ours, theirs] = ["130", "500014"].map((param) =>
		of({ keys: { param } }),
	);
	expect(ours).toMatchObject({ id: 130, name: "t" });
	expect(theirs).toMatchObject({ id: 500014, name: "t_500014" });
	expect(of({ keys: { param: "500014", step: "6" } })).toBe(theirs);
});

test("fields of the same parameter share it", () => {
	const of = parameters();
	const temperature = of({ keys: { param: "130", levelist: "500" } });
	expect(of({ keys: { param: "130", levelist: "850" } })).toBe(temperature);
	expect(of({ keys: { param: "133" } })).not.toBe(temperature);
});
