import { expect, test } from "vitest";
import type { Mapping, Value } from "../mars/document.ts";
import { RequestError } from "../mars/errors.ts";
import type { FeatureOptions } from "./draft.ts";
import { parseFeature } from "./parse.ts";

const MILLION = 1_000_000;

/** What it says, within some seconds. */
async function told(
	feature: Mapping,
	options: FeatureOptions = {},
): Promise<string> {
	const begun = process.cpuUsage();
	try {
		const { feature: made } = await parseFeature(feature, {}, options);
		if (made.kind === "area")
			for (let row = -90; row <= 90; row++) made.area.intervals(row);
		return "read";
	} catch (error) {
		if (!(error instanceof RequestError)) throw error;
		expect(error.message.length).toBeLessThan(10_000);
		return error.message;
	} finally {
		// Of the processor: other work on the machine does not count.
		const { user, system } = process.cpuUsage(begun);
		expect((user + system) / 1e6).toBeLessThan(10);
	}
}

const nested = (depth: number): Value => {
	let value: Value = [];
	for (let at = 0; at < depth; at++) value = [value];
	return value;
};

const zigzag = Array.from({ length: 20_000 }, (_, at) => [
	at % 2 ? 80 : -80,
	at / 200,
]);

test.each<[string, Mapping, RegExp]>([
	[
		"a million corners",
		{
			type: "polygon",
			shape: Array.from({ length: MILLION }, (_, at) => [at % 90, at % 180]),
		},
		/1000000 exceeds the maximum/,
	],
	[
		"a million places",
		{ type: "position", points: Array.from({ length: MILLION }, () => [1, 1]) },
		/1000000 exceeds the maximum/,
	],
	[
		"a million faults",
		{
			type: "position",
			points: Array.from({ length: 100_000 }, () => [Number.NaN]),
		},
		/and 99980 more/,
	],
	[
		"a million levels of nothing",
		{ type: "polygon", shape: nested(MILLION) },
		/nested deeper than 32/,
	],
	["places in depths", { type: "position", points: nested(20) }, /points\[0\]/],
	[
		"WKT of brackets",
		{ type: "wkt", shape: `POLYGON ${"(".repeat(MILLION)}` },
		/no number at character/,
	],
	[
		"WKT of collections",
		{ type: "wkt", shape: "GEOMETRYCOLLECTION(".repeat(50_000) },
		/nested too deep/,
	],
	[
		"WKT of spaces",
		{ type: "wkt", shape: `POLYGON ((${" ".repeat(MILLION)}` },
		/no number/,
	],
	[
		"WKT of digits",
		{ type: "wkt", shape: `POLYGON ((${"1".repeat(MILLION)} 2))` },
		/longitude Infinity/,
	],
	["WKT of letters", { type: "wkt", shape: "A".repeat(MILLION) }, /not A/],
	[
		"GeoJSON of collections",
		{
			type: "polygon",
			shape: `${'{"type":"Feature","geometry":'.repeat(1000)}null${"}".repeat(1000)}`,
		},
		/nested too deep/,
	],
	[
		"GeoJSON without coordinates",
		{ type: "polygon", shape: { type: "Polygon" } },
		/GeoJSON Polygon has no coordinates$/,
	],
	[
		"GeoJSON of a prototype",
		{
			type: "polygon",
			shape: JSON.parse('{"__proto__": {"type": "Polygon"}}'),
		},
		/GeoJSON has no type: it must be Polygon/,
	],
	[
		"longitudes beyond all turns",
		{
			type: "polygon",
			shape: [
				[0, 1e300],
				[1, 0],
				[1, 1],
			],
		},
		/longitude 1e\+300/,
	],
	["text for numbers", { type: "polygon", shape: [["a", "b"]] }, /two numbers/],
	[
		"text beyond numbers",
		{ type: "circle", center: ["1e999", 0], radius: "1e999" },
		/1e999/,
	],
	[
		"a radius of spaces",
		{ type: "circle", center: [0, 0], radius: " ".repeat(MILLION) },
		/no length/,
	],
	[
		"an interval of dust",
		{
			type: "timeseries",
			points: [[0, 0]],
			time_axis: "step",
			range: { start: 0, end: 1e300, interval: 1e-300 },
		},
		/range/,
	],
	["a type of lists", { type: nested(20) }, /not known/],
	[
		"axes of lists",
		{ type: "position", points: [[0, 0]], axes: nested(20) },
		/axis/,
	],
	["zigzag over all rows", { type: "polygon", shape: zigzag }, /read/],
])("%s: an answer in words, in time", async (_, feature, meant) => {
	expect(await told(feature)).toMatch(meant);
});

test("edges that go to and fro on every row are refused before they cost minutes", async () => {
	const { feature } = await parseFeature(
		{ type: "polygon", shape: zigzag },
		{},
	);
	if (feature.kind !== "area") throw new Error("no area");
	expect(() => {
		for (let row = -80; row < 80; row += 0.1) feature.area.intervals(row);
	}).toThrow(/to and fro too often/);
});

test("a million corners are read where they are allowed", async () => {
	const shape = Array.from({ length: MILLION }, (_, at) => {
		const angle = (2 * Math.PI * at) / MILLION;
		return [60 * Math.sin(angle), 60 * Math.cos(angle)];
	});
	const options = { maxVertices: 2 * MILLION };
	expect(await told({ type: "polygon", shape }, options)).toBe("read");
});
