import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Area, contains } from "../grid/area.ts";
import type { Mapping } from "../mars/document.ts";
import { RequestError } from "../mars/errors.ts";
import type { FeatureOptions } from "./draft.ts";
import { parseFeature } from "./parse.ts";
import { shapesIn } from "./shapefolder.ts";

async function areaOf(
	feature: Mapping,
	options: FeatureOptions = {},
): Promise<Area> {
	const compiled = await parseFeature(feature, {}, options);
	if (compiled.feature.kind !== "area") throw new Error("no area");
	return compiled.feature.area;
}

const faultsOf = (feature: Mapping, options: FeatureOptions = {}) =>
	parseFeature(feature, {}, options).then(
		() => [],
		(error) => {
			if (error instanceof RequestError) return error.faults;
			throw error;
		},
	);

test.each<[string, Mapping, readonly RegExp[]]>([
	[
		"two centres",
		{
			type: "circle",
			center: [
				[0, 0],
				[1, 1],
			],
			radius: 1,
		},
		[/one center point/],
	],
	["no radius", { type: "circle", center: [0, 0] }, [/radius is missing/]],
	[
		"a radius in parsecs",
		{ type: "circle", center: [0, 0], radius: "1 pc" },
		[/unknown unit pc/],
	],
	[
		"a centre of three",
		{ type: "circle", center: [[0, 0, 0]], radius: 1 },
		[/must have 2 values/],
	],
	[
		"half a frame",
		{
			type: "frame",
			outer_box: [
				[0, 0],
				[1, 1],
			],
		},
		[/inner_box is missing/],
	],
	[
		"a shape of nothing",
		{ type: "polygon", shape: { type: "Polygon", coordinates: [] } },
		[/no corners/],
	],
	[
		"two shapes",
		{ type: "shapefile", file: "a", shape: "POLYGON EMPTY" },
		[/overspecified/],
	],
	["no shape", { type: "shapefile" }, [/must have a file/]],
	["a path", { type: "shapefile", file: "../secret.shp" }, [/never a path/]],
	[
		"an unknown name",
		{ type: "shapefile", file: "norway" },
		[/no shape of the name norway/],
	],
])("%s is refused", async (_, feature, faults) => {
	const found = await faultsOf(feature);
	for (const [at, fault] of faults.entries()) expect(found[at]).toMatch(fault);
	expect(found.length).toBe(faults.length);
});

test("a circle's radius is in degrees, or in kilometres where it says so", async () => {
	const circle = { type: "circle", center: [[60, 10]] };
	const degrees = await areaOf({ ...circle, radius: 1 });
	expect(degrees.intervals(60)).toEqual([9, 11]);
	for (const radius of [
		{ radius: "111.2 km" },
		{ radius: 111.2, unit: "km" },
		{ radius: "111200m" },
	]) {
		const [west = 0, east = 0] = (
			await areaOf({ ...circle, ...radius })
		).intervals(60);
		expect(east - west).toBeCloseTo(4, 2);
	}
});

const outer = [
	[0, 0],
	[0, 10],
	[10, 10],
	[10, 0],
];
const hole = [
	[2, 2],
	[2, 8],
	[8, 8],
	[8, 2],
];
const swapped = (ring: number[][]) => ring.map(([y = 0, x = 0]) => [x, y]);

test.each<[string, Mapping]>([
	["rings", { type: "polygon", shape: [outer, hole] }],
	[
		"rings in the other order",
		{
			type: "polygon",
			shape: [outer, hole].map(swapped),
			axes: ["longitude", "latitude"],
		},
	],
	["parts of rings", { type: "polygon", shape: [[outer, hole]] }],
	[
		"GeoJSON",
		{
			type: "polygon",
			shape: { type: "Polygon", coordinates: [outer, hole].map(swapped) },
		},
	],
	[
		"a collection",
		{
			type: "shapefile",
			shape: {
				type: "FeatureCollection",
				features: [
					{ type: "Feature", geometry: null },
					{
						type: "Feature",
						geometry: {
							type: "MultiPolygon",
							coordinates: [[outer, hole].map(swapped)],
						},
					},
				],
			},
		},
	],
	[
		"GeoJSON as text",
		{
			type: "polygon",
			shape: JSON.stringify({
				type: "Polygon",
				coordinates: [outer, hole].map(swapped),
			}),
		},
	],
	[
		"WKT",
		{
			type: "wkt",
			shape:
				"SRID=4326; polygon Z((0 0 1, 10 0 1, 10 10 1, 0 10 1, 0 0 1), (2 2 1, 8 2 1, 8 8 1, 2 8 1))",
		},
	],
	[
		"WKT of several",
		{
			type: "polygon",
			shape:
				"GEOMETRYCOLLECTION(POLYGON EMPTY, MULTIPOLYGON(((0 0,10 0,10 10,0 10),(2 2,8 2,8 8,2 8))))",
		},
	],
])("a shape with a hole comes as %s", async (_, feature) => {
	const area = await areaOf(feature);
	expect(area.intervals(5)).toEqual([0, 2, 8, 10]);
	expect(area.intervals(2)).toEqual([0, 10]);
	expect(contains(area, 1, 9)).toBe(true);
});

test("Polytope unites rings and goes the long way", async () => {
	const feature = { type: "polygon", shape: [outer, hole] };
	expect((await areaOf(feature, { compatible: true })).intervals(5)).toEqual([
		0, 10,
	]);
	const seam = {
		type: "polygon",
		shape: [
			[0, 350],
			[0, 10],
			[10, 10],
			[10, 350],
		],
	};
	expect((await areaOf(seam)).intervals(5)).toEqual([350, 370]);
	expect((await areaOf(seam, { compatible: true })).intervals(5)).toEqual([
		10, 350,
	]);
});

/** A shapefile of one polygon record, as the technical description has it. */
function shapefile(
	rings: readonly (readonly (readonly number[])[])[],
): Uint8Array {
	const points = rings.flat();
	const length = 44 + 4 * rings.length + 16 * points.length;
	const view = new DataView(new ArrayBuffer(108 + length));
	view.setInt32(0, 9994);
	view.setInt32(24, view.byteLength / 2);
	view.setInt32(28, 1000, true);
	view.setInt32(32, 5, true);
	view.setInt32(100, 1);
	view.setInt32(104, length / 2);
	view.setInt32(108, 5, true);
	view.setInt32(144, rings.length, true);
	view.setInt32(148, points.length, true);
	let start = 0;
	for (const [at, ring] of rings.entries()) {
		view.setInt32(152 + 4 * at, start, true);
		start += ring.length;
	}
	for (const [at, [y = 0, x = 0]] of points.entries()) {
		view.setFloat64(152 + 4 * rings.length + 16 * at, x, true);
		view.setFloat64(160 + 4 * rings.length + 16 * at, y, true);
	}
	return new Uint8Array(view.buffer);
}

test("shapes of a folder are found by name, and by nothing else", async () => {
	const folder = await mkdtemp(join(tmpdir(), "shapes-"));
	try {
		const geometry = {
			type: "Polygon",
			coordinates: [outer, hole].map(swapped),
		};
		await writeFile(join(folder, "square.geojson"), JSON.stringify(geometry));
		await writeFile(join(folder, "bytes.shp"), shapefile([outer, hole]));
		await writeFile(
			join(folder, "lies.shp"),
			shapefile([outer, hole]).subarray(0, 200),
		);
		await writeFile(join(folder, "secret.txt"), "POLYGON ((0 0, 1 0, 1 1))");
		const options = { load: shapesIn(folder) };
		for (const file of ["square", "square.geojson", "bytes.shp", "bytes"]) {
			const area = await areaOf({ type: "shapefile", file }, options);
			expect(area.intervals(5)).toEqual([0, 2, 8, 10]);
		}
		const lying = { type: "shapefile", file: "lies" };
		expect(await faultsOf(lying, options)).toEqual([
			expect.stringMatching(/lies: record at octet 100 reaches beyond/),
		]);
		for (const file of [
			"secret.txt",
			"..",
			`./square`,
			`${folder}/square`,
			"square\0",
			"__proto__",
		])
			expect(await faultsOf({ type: "shapefile", file }, options)).toHaveLength(
				1,
			);
	} finally {
		await rm(folder, { recursive: true });
	}
});
