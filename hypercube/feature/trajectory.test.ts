import { expect, test } from "vitest";
import { contains } from "../grid/area.ts";
import type { Mapping } from "../mars/document.ts";
import { RequestError } from "../mars/errors.ts";
import { parseFeature } from "./parse.ts";

const faultsOf = async (
	feature: Mapping,
	body = {},
	compatible = false,
): Promise<readonly string[]> => {
	try {
		await parseFeature(feature, body, { compatible });
		return [];
	} catch (error) {
		if (error instanceof RequestError) return error.faults;
		throw error;
	}
};

const type = "trajectory";
const flat = [
	[50, 0],
	[50, 10],
];
const upright = [
	[50, 0, 500],
	[50, 10, 850],
];
const all = [
	[50, 0, 500, 0],
	[50, 10, 850, 12],
];

test.each<[string, Mapping, object, readonly RegExp[]]>([
	[
		"no inflation",
		{ type, points: flat },
		{},
		[/must have an inflation, or sample: true/],
	],
	[
		"one point",
		{ type, points: [[50, 0]], inflation: 1 },
		{},
		[/at least two/],
	],
	[
		"an unknown axis",
		{ type, points: flat, inflation: 1, axes: ["latitude", "foo"] },
		{},
		[/Invalid axis: foo, must be one of/],
	],
	[
		"inflations that do not fit",
		{ type, points: flat, inflation: [1, 2, 3] },
		{},
		[/same number of values as axes/],
	],
	[
		"a negative inflation",
		{ type, points: flat, inflation: -1 },
		{},
		[/inflation -1 is less than 0/],
	],
	[
		"another shape",
		{ type, points: flat, inflation: 1, inflate: "star" },
		{},
		[/round or box/],
	],
	[
		"levels twice",
		{ type, points: upright, inflation: 1 },
		{ levelist: "500" },
		[/levelist axes is overspecified/],
	],
	[
		"kilometres for levels",
		{ type, points: upright, inflation: "50 km" },
		{},
		[/needs one value for each axis/],
	],
	[
		"a box of kilometres",
		{ type, points: flat, inflation: "50 km", inflate: "box" },
		{},
		[/takes an inflation in degrees/],
	],
	[
		"opposite places",
		{
			type,
			points: [
				[0, 0],
				[0, 180],
			],
			inflation: "50 km",
		},
		{},
		[/opposite each other/],
	],
	[
		"samples with an inflation",
		{ type, points: flat, sample: true, inflation: 1 },
		{},
		[/does not go with sample/],
	],
	[
		"padding",
		{ type, points: flat, inflation: 1, padding: 2 },
		{},
		[/Unexpected key padding/],
	],
	[
		"an inflation and an inflate that are none, beside no points",
		{ type, inflation: "q", inflate: "zz" },
		{},
		[/points is missing/, /inflate must be/, /inflation is no length but q/],
	],
	[
		"an inflation that is none beside axes that are none",
		{ type, points: flat, axes: ["a"], inflation: ["q", "1h", -1] },
		{},
		[
			/Invalid axis: a/,
			/inflation\[0\] is no length but q/,
			/inflation\[2\] -1 is less than 0/,
		],
	],
	[
		"faults in a vertex and in each inflation",
		{
			type,
			points: [
				[95, 0, "x"],
				[50, 10, 850],
			],
			inflation: ["q", 1, -1],
		},
		{},
		[
			/latitude 95/,
			/levelist is no number but x/,
			/inflation is no length but q/,
			/inflation of levelist must not be less than 0/,
		],
	],
	[
		"one point and a box of kilometres",
		{ type, points: [[50, 0]], inflation: "50 km", inflate: "box" },
		{},
		[/at least two/, /takes an inflation in degrees/],
	],
	[
		"more inflations than axes, some of them none",
		{ type, points: flat, inflation: [1, 2, "q"] },
		{},
		[/same number of values as axes/, /inflation\[2\] is no length but q/],
	],
	[
		"five values",
		{ type, points: [[1, 2, 3, 4, 5]], inflation: 1 },
		{},
		[/2 to 4 values/],
	],
])("a trajectory with %s is refused", async (_, feature, body, faults) => {
	const found = await faultsOf(feature, body);
	for (const [at, fault] of faults.entries()) expect(found[at]).toMatch(fault);
	expect(found.length).toBe(faults.length);
});

test("Polytope sweeps no ball in four dimensions", async () => {
	const feature = { type, points: all, inflation: 1 };
	expect(await faultsOf(feature)).toEqual([]);
	expect(await faultsOf(feature, {}, true)).toEqual([
		expect.stringContaining("use 'box' instead"),
	]);
});

async function sectionOf(feature: Mapping, compatible = false) {
	const compiled = await parseFeature(feature, {}, { compatible });
	if (compiled.feature.kind !== "corridor") throw new Error("no corridor");
	return { ...compiled, section: compiled.feature.section };
}

test("a corridor through levels says which it reaches and cuts each as far as it is wide there", async () => {
	const { keys, section } = await sectionOf({
		type,
		points: upright,
		inflation: [1, 1, 35],
	});
	expect(keys).toEqual({ levelist: "465/to/885" });
	// Half way at 5 degrees east the path is at 675.
	expect(section(675, undefined)?.intervals(51)).toEqual([5, 5]);
	expect(section(464, undefined)).toBeUndefined();
	const [west = 0, east = 0] = section(675, undefined)?.intervals(50) ?? [];
	expect(west).toBeCloseTo(5 - Math.SQRT2, 9);
	expect(east).toBeCloseTo(5 + Math.SQRT2, 9);
});

test("axes may come in any order, steps in hours or with units", async () => {
	const { keys, section } = await sectionOf({
		type,
		points: [
			["30m", 0, 50],
			["1h30m", 10, 50],
		],
		axes: ["step", "longitude", "latitude"],
		inflation: ["15m", 1, 1],
		inflate: "box",
	});
	expect(keys).toEqual({ step: "15m/to/1h45m" });
	expect(section(undefined, 1)?.intervals(50)).toEqual([1.5, 8.5]);
});

test("Polytope's box lies to one side of the path, its ball is an icosahedron around it", async () => {
	const feature = { type, points: flat, inflation: 2, inflate: "box" };
	for (const compatible of [false, true]) {
		const { feature: made } = await parseFeature(feature, {}, { compatible });
		if (made.kind !== "area") throw new Error("no area");
		expect(contains(made.area, 49, 5)).toBe(!compatible);
		expect(contains(made.area, 51.5, 11.5)).toBe(true);
	}
	const ball = { type, points: upright, inflation: [1, 1, 35] };
	const ours = (await sectionOf(ball)).section;
	const theirs = (await sectionOf(ball, true)).section;
	for (let level = 470; level < 880; level += 20)
		for (let y = 49; y <= 51; y += 0.25)
			for (let x = -2; x <= 12; x += 0.5) {
				const mine = ours(level, undefined);
				if (!mine || !contains(mine, y, x)) continue;
				const area = theirs(level, undefined);
				expect(area && contains(area, y, x)).toBe(true);
			}
});

test("kilometres follow the great circle", async () => {
	const points = [
		[50, 0],
		[50, 90],
	];
	const { feature, area } = await parseFeature(
		{ type, points, inflation: "100 km" },
		{},
	);
	if (feature.kind !== "area") throw new Error("no area");
	expect(contains(feature.area, 50, 45)).toBe(false);
	// The great circle's summit: tan⁻¹(tan 50° / cos 45°).
	expect(contains(feature.area, 59.3, 45)).toBe(true);
	expect(feature.area.north).toBeCloseTo(59.32 + 0.9, 1);
	const length =
		2 * 6371.229 * Math.asin(Math.cos((50 * Math.PI) / 180) * Math.SQRT1_2);
	expect(area / (200 * length + Math.PI * 100 ** 2)).toBeCloseTo(1, 3);
	const nautical = { type, points: flat, inflation: 10, unit: "nmi" };
	expect((await parseFeature(nautical, {})).area).toBeGreaterThan(0);
});

test.each<[string, Mapping, readonly object[]]>([
	[
		"places",
		{ points: flat },
		[
			{ latitude: 50, longitude: 0 },
			{ latitude: 50, longitude: 10 },
		],
	],
	[
		"levels and steps",
		{ points: [[50, 0, 500, "6"]] },
		[{ latitude: 50, longitude: 0, level: 500, step: 6 }],
	],
	[
		"an instant",
		{
			points: [["2026-11-21T06:30Z", 50, 0]],
			axes: ["time", "latitude", "longitude"],
		},
		[{ latitude: 50, longitude: 0, time: Date.UTC(2026, 10, 21, 6, 30) }],
	],
	[
		"an instant with a zone",
		{
			points: [["2026-11-21T06:30:00+0200", 50, 0]],
			axes: ["time", "latitude", "longitude"],
		},
		[{ latitude: 50, longitude: 0, time: Date.UTC(2026, 10, 21, 4, 30) }],
	],
	[
		"date and time",
		{
			points: [
				["20261121", "0600", 50, 0],
				["2026-11-21", "18:15", 51, 0],
			],
			axes: ["date", "time", "latitude", "longitude"],
		},
		[
			{ latitude: 50, longitude: 0, time: Date.UTC(2026, 10, 21, 6) },
			{ latitude: 51, longitude: 0, time: Date.UTC(2026, 10, 21, 18, 15) },
		],
	],
])("samples of %s", async (_, written, vertices) => {
	const { feature, keys } = await parseFeature(
		{ type, sample: "true", ...written },
		{},
	);
	expect(feature).toEqual({ kind: "samples", type, vertices });
	expect(keys).toEqual({});
});

test("samples at no time are refused", async () => {
	const faults = await faultsOf({
		type,
		sample: true,
		points: [
			["noon", 50, 0],
			["2026-02-30T00:00Z", 50, 0],
		],
		axes: ["time", "latitude", "longitude"],
	});
	expect(faults).toEqual([
		expect.stringMatching(/points\[0\]: time is no instant .* noon/),
		expect.stringMatching(/points\[1\]: time is no instant/),
	]);
});
