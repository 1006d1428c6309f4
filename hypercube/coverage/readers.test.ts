import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mustRun } from "../../test/kit/command.ts";
import { python } from "../../test/kit/python.ts";
import type { CoverageCollection, Domain } from "../cube/coverage.ts";
import { covjson, covjsonOgc, type Format } from "./format.ts";
import {
	collectionOf,
	coverageOf,
	forecast,
	pointsOf,
} from "./kit/collections.ts";
import { textOf } from "./kit/read.ts";

let folder = "";
let interpreter = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "coverages-"));
	// The first use may have to install it.
	interpreter = await python();
}, 600_000);
afterAll(() => rm(folder, { recursive: true }));

const instants = [0, 6, 12].map((step) => ({
	step,
	time: `2025-01-01T${String(step).padStart(2, "0")}:00:00Z`,
}));
const [at0, at6, at12] = instants;
if (at0 === undefined || at6 === undefined || at12 === undefined)
	throw new Error("three instants");
const places = [
	[52.5, 4.25],
	[52.5, 4.5],
	[-10, 359.75],
] as const;

function series(member: number, first: number) {
	const [latitude, longitude] = [52.123456789, 20];
	const domain: Domain = {
		type: "PointSeries",
		latitude,
		longitude,
		level: undefined,
		instants,
	};
	return coverageOf(
		domain,
		{ "2t": [first, first + 0.5, first + 1] },
		{ keys: { ...forecast, number: String(member) } },
	);
}

function profile(instant: (typeof instants)[number], first: number) {
	const domain: Domain = {
		type: "VerticalProfile",
		latitude: 52.5,
		longitude: 4.25,
		levels: [200, 500, 925],
		instant,
	};
	const keys = { ...forecast, levtype: "pl" };
	return coverageOf(
		domain,
		{ t: [first, first + 1, first + 2], q: [0, 1, 2] },
		{ keys },
	);
}

function area(instant: (typeof instants)[number], first: number) {
	const domain: Domain = {
		type: "MultiPoint",
		points: pointsOf(places),
		levels: [500, 850],
		instant,
	};
	const values = [0, 1, 2, 3, 4, 5].map((more) => first + more);
	return coverageOf(
		domain,
		{ t: values },
		{ keys: { ...forecast, levtype: "pl" } },
	);
}

const ground: Domain = {
	type: "MultiPoint",
	points: pointsOf(places),
	levels: [],
	instant: at6,
};
const path: Domain = {
	type: "Trajectory",
	sections: [
		{ instant: at0, level: 500, points: pointsOf(places.slice(0, 2)) },
		{ instant: at6, level: 850, points: pointsOf(places.slice(2)) },
	],
};

/** Made anew each time: what is read once cannot be read again. */
const collections: Readonly<Record<string, () => CoverageCollection>> = {
	timeseries: () =>
		collectionOf("timeseries", [series(1, 270), series(2, 280)]),
	climate: () => {
		const keys = { class: "d1", dataset: "climate-dt", levtype: "sfc" };
		return collectionOf("timeseries", [{ ...series(1, 270), keys }]);
	},
	months: () =>
		collectionOf("timeseries", [
			{ ...series(1, 270), keys: { stream: "clmn", levtype: "sfc" } },
		]),
	verticalprofile: () =>
		collectionOf("verticalprofile", [profile(at6, 220), profile(at12, 230)]),
	boundingbox: () =>
		collectionOf("boundingbox", [area(at6, 250), area(at12, 260)]),
	polygon: () =>
		collectionOf("polygon", [
			coverageOf(ground, { "2t": [1.5, Number.NaN, 3] }),
		]),
	trajectory: () =>
		collectionOf("trajectory", [coverageOf(path, { t: [1, 2, 3] })]),
	corridor: () =>
		collectionOf("trajectory", [coverageOf(ground, { "2t": [1, 2, 3] })]),
};

/** Writes every collection to a file, has Python read them all, and gives back what it says of each. */
async function readBy(
	reader: "earthkit" | "ogc",
	format: Format,
): Promise<Record<string, unknown>> {
	const names = Object.keys(collections);
	const files: string[] = [];
	for (const [name, make] of Object.entries(collections)) {
		const file = join(folder, `${name}${format.extension}`);
		await writeFile(file, await textOf(make(), format));
		files.push(file);
	}
	const script = join(import.meta.dirname, "readers.py");
	const said = await mustRun(interpreter, [script, reader, ...files], {
		timeout: 300_000,
	});
	const lines = said.trim().split("\n");
	return Object.fromEntries(
		names.map((name, at) => [name, JSON.parse(lines[at] ?? "null")]),
	);
}

test("covjson-pydantic finds nothing wrong with the profile ogc", {
	timeout: 300_000,
}, async () => {
	expect(await readBy("ogc", covjsonOgc)).toEqual(
		Object.fromEntries(Object.keys(collections).map((name) => [name, []])),
	);
});

describe("earthkit-data reads the profile polytope", () => {
	let read: Record<string, unknown> = {};
	beforeAll(async () => {
		read = await readBy("earthkit", covjson);
	}, 300_000);

	test("series of members", () => {
		expect(read.timeseries).toMatchObject([
			{
				dims: {
					latitude: 1,
					longitude: 1,
					levelist: 1,
					number: 2,
					datetime: 1,
					t: 3,
				},
				coords: {
					latitude: [52.123456789],
					longitude: [20],
					levelist: [0],
					number: [1, 2],
					datetime: ["2025-01-01T00:00:00Z"],
				},
				variables: {
					"2t": {
						units: "K",
						dtype: "float64",
						values: [270, 270.5, 271, 280, 280.5, 281],
					},
				},
			},
		]);
	});

	test.each(["climate", "months"])("%s", (name) => {
		expect(read[name]).toMatchObject([
			{
				coords: {
					t: [0, 6, 12].map((hour) =>
						expect.stringMatching(
							new RegExp(`^2025-01-01T${String(hour).padStart(2, "0")}:00:00`),
						),
					),
				},
				variables: { "2t": { values: [270, 270.5, 271] } },
			},
		]);
	});

	test("profiles of steps", () => {
		expect(read.verticalprofile).toMatchObject([
			{
				coords: { time: [6, 12], levelist: [200, 500, 925], number: [1] },
				variables: {
					t: { values: [220, 221, 222, 230, 231, 232] },
					q: { values: [0, 1, 2, 0, 1, 2], dtype: "float64" },
				},
			},
		]);
	});

	test("a box on levels and steps", () => {
		expect(read.boundingbox).toMatchObject([
			{
				dims: { datetimes: 1, number: 1, steps: 2, points: 6 },
				coords: {
					steps: [6, 12],
					latitude: [52.5, 52.5, -10, 52.5, 52.5, -10],
					longitude: [4.25, 4.5, 359.75, 4.25, 4.5, 359.75],
					levelist: [500, 500, 500, 850, 850, 850],
				},
				variables: {
					t: {
						values: [
							250, 251, 252, 253, 254, 255, 260, 261, 262, 263, 264, 265,
						],
					},
				},
			},
		]);
	});

	test("a polygon with a missing value", () => {
		expect(read.polygon).toMatchObject([
			{
				dims: { points: 3 },
				variables: { "2t": { values: [1.5, null, 3] } },
			},
		]);
	});

	test("a path in time and height, and an area that a path cut out", () => {
		expect(read.trajectory).toMatchObject([
			{
				coords: {
					time: [0, 0, 6],
					latitude: [52.5, 52.5, -10],
					levelist: [500, 500, 850],
				},
				variables: { t: { values: [1, 2, 3] } },
			},
		]);
		expect(read.corridor).toMatchObject([
			{
				coords: { time: [6, 6, 6], steps: [6] },
				variables: { "2t": { values: [1, 2, 3] } },
			},
		]);
	});
});
