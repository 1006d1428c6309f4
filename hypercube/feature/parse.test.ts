import { expect, test } from "vitest";
import type { Mapping } from "../mars/document.ts";
import { RequestError } from "../mars/errors.ts";
import type { FeatureOptions } from "./draft.ts";
import { parseFeature } from "./parse.ts";

async function faultsOf(
	feature: Mapping,
	body: Readonly<Record<string, unknown>> = {},
	options: FeatureOptions = {},
): Promise<readonly string[]> {
	try {
		await parseFeature(feature, body, options);
		return [];
	} catch (error) {
		if (error instanceof RequestError) return error.faults;
		throw error;
	}
}

const step = { step: "0" };
const points = [[51.5, 10.2]];

test.each<
	[string, Mapping, Readonly<Record<string, unknown>>, readonly RegExp[]]
>([
	["no type", {}, {}, [/does not contain a 'type'/]],
	[
		"an unknown type",
		{ type: "foo" },
		{},
		[/'?foo'? is not known, only timeseries/],
	],
	["a key of a prototype", { type: "__proto__" }, {}, [/not known/]],
	[
		"unknown keys",
		{ type: "position", points, foo: 1, bar: 2 },
		{},
		[/foo.*position knows points, axes/, /bar/],
	],
	[
		"everything at once",
		{ type: "timeseries", points: [[95, "x"]], time_axis: "datetime", foo: 1 },
		{},
		[
			/foo/,
			/step, date, month, year, hdate.*datetime/,
			/latitude 95/,
			/longitude is no number but x/,
		],
	],
	[
		"a step in axes",
		{
			type: "timeseries",
			points,
			time_axis: "step",
			axes: ["latitude", "longitude", "step"],
		},
		step,
		[/step axis is not supported in 'axes'/],
	],
	[
		"two time axes",
		{ type: "timeseries", points, time_axis: "date", axes: "step" },
		{ date: "20260101" },
		[/overspecified.*date and step/],
	],
	[
		"no time axis",
		{ type: "timeseries", points },
		step,
		[/Missing required key time_axis/],
	],
	[
		"a range beside the key",
		{
			type: "timeseries",
			points,
			time_axis: "step",
			range: { start: 0, end: 3 },
		},
		step,
		[/overspecified/],
	],
	[
		"neither range nor key",
		{ type: "timeseries", points, time_axis: "step" },
		{},
		[/underspecified/],
	],
	[
		"a negative start",
		{
			type: "timeseries",
			points,
			time_axis: "step",
			range: { start: -1, end: 3 },
		},
		{},
		[/less than 0/],
	],
	[
		"half a range",
		{
			type: "timeseries",
			points,
			time_axis: "step",
			range: { start: 0, until: 3 },
		},
		{},
		[/until/, /no end/],
	],
	[
		"an increment of nothing",
		{
			type: "timeseries",
			points,
			time_axis: "step",
			range: { start: 0, end: 3, interval: 0 },
		},
		{},
		[/interval/],
	],
	[
		"three values a point",
		{ type: "position", points: [[1, 2, 3]] },
		{},
		[/points\[0\] must have 2 values/],
	],
	[
		"a level twice",
		{ type: "verticalprofile", points, axes: ["levelist", "levelist"] },
		{ levelist: "1" },
		[/overspecified/],
	],
	["no levels", { type: "verticalprofile", points }, {}, [/underspecified/]],
	[
		"three corners",
		{
			type: "boundingbox",
			points: [
				[0, 0],
				[1, 1],
				[2, 2],
			],
		},
		{},
		[/only two values/],
	],
	[
		"a box of steps",
		{
			type: "boundingbox",
			points: [
				[0, 0],
				[1, 1],
			],
			axes: ["latitude", "longitude", "step"],
		},
		{},
		[/step can be requested in main body/],
	],
	[
		"a box that names levels twice",
		{
			type: "boundingbox",
			points: [
				[0, 0, 500],
				[1, 1, 850],
			],
			axes: ["latitude", "longitude", "levelist"],
		},
		{ levelist: "500" },
		[/overspecified/],
	],
	[
		"a box without longitude",
		{
			type: "boundingbox",
			points: [
				[0, 0],
				[1, 1],
			],
			axes: ["latitude", "levelist"],
		},
		{},
		[/Missing required axis longitude/],
	],
	[
		"a circle wrong in all its parts",
		{ type: "circle", center: "x", radius: -1, unit: "parsec", axes: ["a"] },
		{},
		[
			/Invalid axis: a/,
			/center must be a list of places, got x/,
			/radius -1 is not greater than 0/,
			/radius has the unknown unit parsec/,
		],
	],
	[
		"places of axes that are none",
		{ type: "position", points: [[1, "x"], "y"], axes: ["a", "b"] },
		{},
		[
			/Invalid axis: a/,
			/Invalid axis: b/,
			/points\[1\] is no list .* y$/,
			/points\[0\]: value 2 is no number but x/,
		],
	],
	[
		"numbers that are none, whatever the axes are",
		{ type: "position", points: [[170, "x"]], axes: ["longitude", "b"] },
		{},
		[/Invalid axis: b/, /points\[0\]: value 2 is no number but x/],
	],
	[
		"a frame of axes that are none",
		{ type: "frame", outer_box: "x", inner_box: [[1, 1]], axes: "a" },
		{},
		[/Invalid axis: a/, /outer_box must be a list/, /inner_box must have only/],
	],
	[
		"levels beside a latitude",
		{
			type: "boundingbox",
			points: [
				[95, 0, "x"],
				[1, 1, 850],
			],
			axes: ["latitude", "longitude", "levelist"],
		},
		{},
		[/latitude 95/, /levelist is no number but x/],
	],
	[
		"empty text",
		{ type: "circle", center: [["", 0]], radius: " " },
		{},
		[/latitude is no number but empty$/, /radius is no length but empty$/],
	],
	["an empty type", { type: "" }, {}, [/^Feature empty is not known/]],
	[
		"an empty time axis",
		{ type: "timeseries", points, time_axis: "" },
		step,
		[/, got empty$/],
	],
	[
		"empty ends",
		{
			type: "timeseries",
			points,
			time_axis: "step",
			range: { start: "", end: " ", interval: "" },
		},
		{},
		[
			/range start empty is not understood/,
			/range end empty is not understood/,
			/range interval must be greater than 0, got empty$/,
		],
	],
	[
		"an empty range",
		{ type: "timeseries", points, time_axis: "step", range: "" },
		{},
		[/may have interval, got empty$/],
	],
	[
		"an empty flag",
		{ type: "trajectory", points, sample: "", inflate: "", inflation: 1 },
		{},
		[/sample .* got empty$/, /inflate .* got empty$/, /at least two/],
	],
	[
		"empty words",
		{ type: "position", points: "", axes: [""] },
		{},
		[/Invalid axis: empty,/, /points must be .*, got empty$/],
	],
	[
		"mappings for words",
		{
			type: "circle",
			center: [0, 0],
			radius: 1,
			unit: Object.create(null),
			axes: [Object.create(null)],
		},
		{},
		[/Invalid axis: \{\}/, /unknown unit \{\}/],
	],
	[
		"a radius of nothing",
		{ type: "circle", center: [0, 0], radius: "0 km" },
		{},
		[/radius 0 is not greater than 0/],
	],
	[
		"a radius farther than the globe",
		{ type: "circle", center: [0, 0], radius: 181 },
		{},
		[/radius 181 is not between 0 and 180 degrees/],
	],
	[
		"a unit without a radius",
		{ type: "circle", center: [0, 0], unit: "parsec" },
		{},
		[/radius is missing/, /radius has the unknown unit parsec/],
	],
	[
		"corners that are none",
		{ type: "polygon", shape: [[40, 0], [50, "x"], [99, 10], null] },
		{},
		[
			/shape: a corner must be two numbers, got \[50, x\]$/,
			/shape: latitude 99 is not between -90 and 90$/,
			/shape: a corner must be two numbers, got null$/,
		],
	],
	[
		"more wrong corners than are told",
		{
			type: "polygon",
			shape: [[[1, 2]], [91, 92, 93, 94, 95, 96, 97].map((y) => [y, 0]), "x"],
		},
		{},
		[
			/latitude 91/,
			/latitude 92/,
			/latitude 93/,
			/latitude 94/,
			/latitude 95/,
			/^shape: and 3 more$/,
		],
	],
	[
		"parts and rings that are none",
		{ type: "polygon", shape: [[[[0, 0]], "ring"], "part"] },
		{},
		[/a list was expected, got ring/, /a list was expected, got part/],
	],
	[
		"a first corner that is none",
		{ type: "polygon", shape: [null, [1, ""]] },
		{},
		[/two numbers, got null/, /two numbers, got \[1, empty\]/],
	],
	[
		"a corner in WKT beside an end that is missing",
		{ type: "wkt", shape: "POLYGON ((0 99, 0 -98, 9999 97" },
		{},
		[
			/latitude 99/,
			/latitude -98/,
			/latitude 97 .*, longitude 9999 /,
			/no closing bracket/,
		],
	],
	[
		"corners and axes that are none",
		{
			type: "polygon",
			shape: [
				[170, 0],
				["x", 0],
			],
			axes: ["longitude", "b"],
		},
		{},
		[/Invalid axis: b/, /two numbers, got \[x, 0\]/],
	],
	[
		"GeoJSON of nothing",
		{ type: "polygon", shape: { type: "GeometryCollection" } },
		{},
		[/GeoJSON GeometryCollection has no geometries$/],
	],
	["no shape", { type: "polygon" }, {}, [/shape is missing/]],
	[
		"broken WKT",
		{ type: "wkt", shape: "POLYGON ((1 2, 3 4" },
		{},
		[/no closing bracket at character 19/],
	],
	[
		"a line",
		{ type: "wkt", shape: "LINESTRING (1 2, 3 4)" },
		{},
		[/must be POLYGON/],
	],
	[
		"numbers beyond all bounds",
		{
			type: "polygon",
			shape: [
				[0, 0],
				["1e999", 1],
				[1, 1],
			],
		},
		{},
		[/two numbers/],
	],
])("%s is refused", async (_, feature, body, faults) => {
	const found = await faultsOf(feature, body);
	expect(found.length).toBe(faults.length);
	for (const [at, fault] of faults.entries()) expect(found[at]).toMatch(fault);
});

test("more corners than allowed are refused with both numbers", async () => {
	const shape = Array.from({ length: 1001 }, (_, at) => [at / 100, at % 7]);
	expect(
		await faultsOf({ type: "polygon", shape }, {}, { maxVertices: 1000 }),
	).toEqual(["Number of points 1001 exceeds the maximum of 1000"]);
});

test("of many faults some are told", async () => {
	const many = Array.from({ length: 5000 }, () => [99, 0]);
	const faults = await faultsOf({ type: "position", points: many });
	expect(faults.length).toBe(21);
	expect(faults.at(-1)).toBe("and 4980 more");
});

test.each<[string, Mapping, string]>([
	["start and end", { start: 0, end: 360 }, "0/to/360"],
	[
		"an increment that meets the end",
		{ start: 0, end: 360, interval: 6 },
		"0/to/360/by/6",
	],
	[
		"an increment of one",
		{ start: "0", end: "360", interval: "1" },
		"0/to/360",
	],
	[
		"minutes",
		{ start: "0h0m", end: "1h30m", interval: "30m" },
		"0/to/1h30m/by/30m",
	],
	["a range turned round", { start: 12, end: 6 }, "6/to/12"],
])("a range of %s", async (_, range, step) => {
	const { keys } = await parseFeature(
		{ type: "timeseries", points, time_axis: "step", range },
		{},
	);
	expect(keys).toEqual({ step });
});

test("Polytope's increments leave the end out", async () => {
	const feature = {
		type: "timeseries",
		points,
		time_axis: "step",
		range: { start: 0, end: 360, interval: 6 },
	};
	const { keys } = await parseFeature(feature, {}, { compatible: true });
	expect(keys).toEqual({ step: "0/to/354/by/6" });
});
