import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { mustRun } from "../../../test/kit/command.ts";
import { python } from "../../../test/kit/python.ts";
import type {
	Coverage,
	CoverageCollection,
	Instant,
	Parameter,
	PathDomain,
} from "../../cube/coverage.ts";
import { encodeHeader } from "../../netcdf/classic/header.ts";
import { swapped } from "../../netcdf/classic/numbers.ts";
import { openNetcdf } from "../../netcdf/netcdf.ts";
import { dataset } from "../format.ts";
import {
	collectionOf,
	coverageOf,
	forecast,
	humidity,
	pointsOf,
	t2m,
	temperature,
} from "../kit/collections.ts";
import { bytesOf } from "../kit/read.ts";

const hours = (...steps: readonly number[]) =>
	steps.map((step) => ({
		step,
		time: `2025-01-01T${String(step).padStart(2, "0")}:00:00Z`,
	}));
const [at0, at6] = hours(0, 6);
/** Of two forecasts. */
const days = [
	{ step: 6, time: "2025-01-01T06:00:00Z" },
	{ step: 0, time: "2025-01-02T00:00:00Z" },
];
if (at0 === undefined || at6 === undefined) throw new Error("two instants");
const member = (number: number) => ({ ...forecast, number: String(number) });
const levels = { ...forecast, levtype: "pl" };

function series(
	keys: Readonly<Record<string, string>>,
	instants: readonly Instant[] = hours(0, 6, 12),
	level?: number,
): Coverage {
	const place = { latitude: 52.123456789, longitude: 359.75 };
	const first = 270 + Number(keys.number ?? 0);
	return coverageOf(
		{ type: "PointSeries", ...place, level, instants },
		{ "2t": instants.map((_, at) => first + at / 3) },
		{ keys, reference: "2025-01-01T00:00:00Z" },
	);
}

const profile = (all: readonly number[], number: number) =>
	coverageOf(
		{
			type: "VerticalProfile",
			latitude: -10,
			longitude: 4.25,
			levels: all,
			instant: at6,
		},
		{ t: all.map((level) => level / 7), q: all.map(() => Number.NaN) },
		{ keys: { ...levels, number: String(number) } },
	);

const grid = pointsOf([
	[1, 2],
	[1, 3],
	[1, 5],
	[0, 2],
	[0, 3],
	[0, 5],
]);
const seam = pointsOf(
	[10, 20].flatMap((latitude) =>
		[0, 1, 2.5, 358, 359].map((longitude) => [latitude, longitude] as const),
	),
);
const cells = pointsOf([
	[1, 2],
	[0.5, 2.5],
	[0, 2],
]);
const area = (
	points: typeof grid,
	instant: typeof at0,
	options: { levels?: readonly number[]; number?: number } = {},
) =>
	coverageOf(
		{ type: "MultiPoint", points, levels: options.levels ?? [], instant },
		{
			t: Array.from(
				{ length: points.count * Math.max(1, options.levels?.length ?? 0) },
				(_, at) => at + instant.step / 10 + (options.number ?? 1) * 100,
			),
		},
		{ keys: { ...levels, number: String(options.number ?? 1) } },
	);

const path: PathDomain = {
	type: "Trajectory",
	sections: [
		{
			instant: at0,
			level: 500,
			points: pointsOf([
				[1, 2],
				[3, 4],
			]),
		},
		{ instant: at6, level: 850, points: pointsOf([[5, 6]]) },
	],
};

/** Series of two parameters, the first of which has values of single precision. */
const narrow = (...all: readonly (readonly number[])[]) =>
	all.map((steps) =>
		coverageOf(
			{
				type: "PointSeries",
				latitude: 1,
				longitude: 2,
				level: undefined,
				instants: hours(...steps),
			},
			{
				"2t": steps.map((step) => (step === 0 ? Number.NaN : 0.25)),
				q: steps.map(() => 0.1),
			},
		),
	);

const odd: Parameter = {
	name: "time",
	label: "a name that is taken",
	units: "(0 - 1)",
};

/** Made anew each time: what is read once cannot be read again. */
const collections: Readonly<Record<string, () => CoverageCollection>> = {
	members: () =>
		collectionOf("timeseries", [series(member(1)), series(member(2))]),
	starts: () =>
		collectionOf("timeseries", [
			series(forecast),
			{
				...series(forecast, [
					{ step: 0, time: "2025-02-01T00:00:00Z" },
					{ step: 6, time: "2025-02-01T06:00:00Z" },
					{ step: 12, time: "2025-02-01T12:00:00Z" },
				]),
				reference: "2025-02-01T00:00:00Z",
			},
		]),
	dates: () =>
		collectionOf("timeseries", [
			series(member(1), days),
			series(member(2), days),
		]),
	stepless_dates: () =>
		collectionOf("timeseries", [
			series(
				forecast,
				days.map(({ time }) => ({ time, step: undefined })),
			),
		]),
	ragged_dates: () =>
		collectionOf("timeseries", [
			series(member(1), days),
			series(member(2), days.slice(1)),
		]),
	lengths: () =>
		collectionOf("timeseries", [
			series({ ...member(1), type: "pf" }),
			series({ ...member(2), type: "pf\u00e9" }, hours(6, 12), 500),
		]),
	profiles: () =>
		collectionOf("verticalprofile", [
			profile([500, 850], 1),
			profile([500, 850], 2),
		]),
	depths: () =>
		collectionOf("verticalprofile", [
			profile([500], 1),
			profile([500, 850], 2),
		]),
	box: () =>
		collectionOf("boundingbox", [
			area(grid, at0, { levels: [500, 850] }),
			area(grid, at6, { levels: [500, 850] }),
		]),
	across: () =>
		collectionOf(
			"boundingbox",
			[2, 3].map((slice) =>
				coverageOf(
					{
						type: "MultiPoint",
						points: seam,
						levels: [500, 850],
						instant: slice === 2 ? at0 : at6,
					},
					{ t: Array.from({ length: 20 }, (_, at) => at) },
					{ keys: levels, slice },
				),
			),
		),
	ensemble: () =>
		collectionOf("boundingbox", [
			area(grid, at6, { number: 1 }),
			area(grid, at6, { number: 7 }),
		]),
	members_in_time: () =>
		collectionOf(
			"boundingbox",
			[1, 2, 3].flatMap((number) =>
				[at0, at6].map((instant) => {
					const { values, ...outline } = area(grid, instant, { number });
					const [t] = outline.parameters;
					return {
						...outline,
						parameters: [temperature, humidity],
						async *values(parameter: Parameter) {
							if (!t) return;
							for await (const slice of values(t))
								yield parameter === humidity ? slice.map((one) => -one) : slice;
						},
					};
				}),
			),
		),
	starts_of_areas: () =>
		collectionOf(
			"boundingbox",
			["2025-01-01", "2025-01-02"].flatMap((day) =>
				[0, 6].map((step) => ({
					...area(cells, { step, time: `${day}T0${step}:00:00Z` }),
					reference: `${day}T00:00:00Z`,
				})),
			),
		),
	analyses: () =>
		collectionOf(
			"boundingbox",
			["2025-01-01", "2025-01-02"].map((day) => ({
				...area(cells, { step: 0, time: `${day}T00:00:00Z` }),
				reference: `${day}T00:00:00Z`,
			})),
		),
	cells: () =>
		collectionOf("polygon", [
			area(cells, at0, { number: 2 }),
			area(cells, at6, { number: 1 }),
			area(cells, at0, { number: 1 }),
		]),
	grids: () => collectionOf("polygon", [area(cells, at0), area(grid, at6)]),
	path: () => collectionOf("trajectory", [coverageOf(path, { t: [1, 2, 3] })]),
	paths: () =>
		collectionOf("trajectory", [
			coverageOf(path, { t: [1, 2, 3] }),
			coverageOf(
				{ ...path, sections: path.sections.slice(1) },
				{ q: [4] },
				{ keys: member(2) },
			),
		]),
	singles: () => collectionOf("timeseries", narrow([0, 6], [0, 6]), [t2m]),
	single_rows: () => collectionOf("timeseries", narrow([0, 6], [6]), [t2m]),
	names: () =>
		collectionOf("timeseries", [
			coverageOf(
				{
					type: "PointSeries",
					latitude: 0,
					longitude: 0,
					level: undefined,
					instants: [{ time: "1500-03-01T00:00:00Z", step: undefined }],
				},
				{ time: [0.1] },
				{ keys: { class: "d1" }, parameters: [odd] },
			),
		]),
};

const array = z.object({
	dims: z.array(z.string()),
	dtype: z.string(),
	attributes: z.record(z.string(), z.unknown()),
	values: z.array(z.union([z.number(), z.string(), z.null()])),
});
const file = z.object({
	model: z.string(),
	dims: z.record(z.string(), z.number()),
	attributes: z.record(z.string(), z.unknown()),
	coords: z.record(z.string(), array),
	variables: z.record(z.string(), array),
});
type File = z.infer<typeof file>;

let folder = "";
let interpreter = "";
let read: Readonly<Record<string, File>> = {};

async function readAll(paths: readonly string[]): Promise<File[]> {
	const script = join(import.meta.dirname, "read.py");
	const said = await mustRun(interpreter, [script, ...paths], {
		timeout: 300_000,
	});
	return said
		.trim()
		.split("\n")
		.map((line) => file.parse(JSON.parse(line)));
}

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "netcdf-"));
	// The first use may have to install it.
	interpreter = await python();
	const names = Object.keys(collections);
	for (const [name, make] of Object.entries(collections))
		await writeFile(join(folder, `${name}.nc`), await bytesOf(make(), dataset));
	const files = await readAll(names.map((name) => join(folder, `${name}.nc`)));
	read = Object.fromEntries(files.map((one, at) => [names[at] ?? "", one]));
}, 600_000);
afterAll(() => rm(folder, { recursive: true }));

/** Values of coordinates and variables, and along what they lie. */
const shown = (name: string, ...names: readonly string[]) => {
	const { coords = {}, variables = {} } = read[name] ?? {};
	return names.map((one) => {
		const found = coords[one] ?? variables[one];
		return [one, found?.dims.join(" "), found?.values];
	});
};

describe("xarray reads, with the library of NetCDF and with SciPy's reader,", () => {
	test("series along the time they share", () => {
		expect(read.members).toMatchObject({
			model: "NETCDF3_64BIT_OFFSET",
			dims: { timeseries: 2, time: 3 },
			attributes: {
				Conventions: "CF-1.11",
				featureType: "timeSeries",
				mars_class: "od",
				mars_expver: "0001",
			},
			variables: {
				"2t": {
					dtype: "float64",
					attributes: {
						standard_name: "air_temperature",
						long_name: "2 metre temperature",
						units: "K",
						GRIB_paramId: 167,
					},
				},
			},
		});
		expect(read.members?.attributes).not.toHaveProperty("mars_number");
		expect(
			shown("members", "time", "forecast_period", "realization", "latitude"),
		).toEqual([
			["time", "time", hours(0, 6, 12).map(({ time }) => time.slice(0, 19))],
			["forecast_period", "time", [0, 6, 12]],
			["realization", "timeseries", [1, 2]],
			["latitude", "timeseries", [52.123456789, 52.123456789]],
		]);
		expect(shown("members", "2t")).toEqual([
			[
				"2t",
				"timeseries time",
				[271, 271 + 1 / 3, 271 + 2 / 3, 272, 272 + 1 / 3, 272 + 2 / 3],
			],
		]);
	});

	test("series of several forecasts along the step they share", () => {
		expect(
			shown(
				"starts",
				"forecast_period",
				"forecast_reference_time",
				"time",
				"2t",
			),
		).toMatchObject([
			["forecast_period", "forecast_period", [0, 6, 12]],
			[
				"forecast_reference_time",
				"timeseries",
				["2025-01-01T00:00:00", "2025-02-01T00:00:00"],
			],
			[
				"time",
				"timeseries forecast_period",
				expect.arrayContaining(["2025-01-01T06:00:00", "2025-02-01T06:00:00"]),
			],
			["2t", "timeseries forecast_period", { length: 6 }],
		]);
	});

	test("series through several forecasts with the start of each value", () => {
		const starts = ["2025-01-01T00:00:00", "2025-01-02T00:00:00"];
		const times = ["2025-01-01T06:00:00", "2025-01-02T00:00:00"];
		const names = ["time", "forecast_reference_time"];
		expect(shown("dates", ...names)).toEqual([
			["time", "time", times],
			["forecast_reference_time", "time", starts],
		]);
		expect(shown("stepless_dates", ...names)).toEqual([
			["time", "time", times],
			["forecast_reference_time", "time", times],
		]);
		expect(shown("ragged_dates", ...names)).toEqual([
			["time", "obs", [...times, times[1]]],
			["forecast_reference_time", "obs", [...starts, starts[1]]],
		]);
	});

	test("series of several lengths, and keys in which they differ, as ragged arrays", () => {
		expect(
			shown("lengths", "row_size", "time", "2t", "level", "mars_type"),
		).toEqual([
			["row_size", "timeseries", [3, 2]],
			[
				"time",
				"obs",
				[...hours(0, 6, 12), ...hours(6, 12)].map(({ time }) =>
					time.slice(0, 19),
				),
			],
			["2t", "obs", [271, 271 + 1 / 3, 271 + 2 / 3, 272, 272 + 1 / 3]],
			["level", "timeseries", [null, 500]],
			["mars_type", "timeseries", ["pf", "pf\u00e9"]],
		]);
		expect(read.lengths?.variables.row_size?.attributes).toMatchObject({
			sample_dimension: "obs",
		});
	});

	test("profiles along the levels they share, or as ragged arrays", () => {
		expect(shown("profiles", "level", "time", "t", "q")).toEqual([
			["level", "level", [500, 850]],
			["time", "profile", ["2025-01-01T06:00:00", "2025-01-01T06:00:00"]],
			["t", "profile level", [500 / 7, 850 / 7, 500 / 7, 850 / 7]],
			["q", "profile level", [null, null, null, null]],
		]);
		expect(read.profiles?.coords.level?.attributes).toEqual({
			standard_name: "air_pressure",
			long_name: "Pressure",
			units: "hPa",
			positive: "down",
			axis: "Z",
		});
		expect(shown("depths", "row_size", "level", "t")).toEqual([
			["row_size", "profile", [1, 2]],
			["level", "obs", [500, 500, 850]],
			["t", "obs", [500 / 7, 500 / 7, 850 / 7]],
		]);
	});

	test("areas of rows and columns as grids in time", () => {
		const values = Array.from({ length: 12 }, (_, at) => 100 + at);
		expect(shown("box", "latitude", "longitude", "level", "time", "t")).toEqual(
			[
				["latitude", "latitude", [1, 0]],
				["longitude", "longitude", [2, 3, 5]],
				["level", "level", [500, 850]],
				["time", "time", ["2025-01-01T00:00:00", "2025-01-01T06:00:00"]],
				[
					"t",
					"time level latitude longitude",
					[...values, ...values.map((value) => value + 0.6)].map((value) =>
						expect.closeTo(value, 12),
					),
				],
			],
		);
		expect(read.box?.attributes).not.toHaveProperty("featureType");
	});

	test("grids across the seam with longitudes that ascend", () => {
		const rows = [0, 5, 10, 15].flatMap((at) =>
			[3, 4, 0, 1, 2].map((column) => at + column),
		);
		expect(shown("across", "longitude", "latitude", "t")).toEqual([
			["longitude", "longitude", [-2, -1, 0, 1, 2.5]],
			["latitude", "latitude", [10, 20]],
			["t", "time level latitude longitude", [...rows, ...rows]],
		]);
	});

	test("areas of members in time, of several parameters, with an axis for each", () => {
		const values = [1, 2, 3].flatMap((number) =>
			[0, 6].flatMap((step) =>
				Array.from({ length: 6 }, (_, at) => at + step / 10 + number * 100),
			),
		);
		expect(
			shown(
				"members_in_time",
				"realization",
				"time",
				"forecast_period",
				"t",
				"q",
			),
		).toEqual([
			["realization", "realization", [1, 2, 3]],
			["time", "time", ["2025-01-01T00:00:00", "2025-01-01T06:00:00"]],
			["forecast_period", "time", [0, 6]],
			["t", "realization time latitude longitude", values],
			["q", "realization time latitude longitude", values.map((one) => -one)],
		]);
		expect(shown("members_in_time", "forecast_reference_time")).toEqual([
			["forecast_reference_time", "", ["2025-01-01T00:00:00"]],
		]);
	});

	test("areas of several forecasts along their starts and steps, analyses along time", () => {
		expect(
			shown(
				"starts_of_areas",
				"forecast_reference_time",
				"forecast_period",
				"time",
				"t",
			),
		).toMatchObject([
			[
				"forecast_reference_time",
				"forecast_reference_time",
				["2025-01-01T00:00:00", "2025-01-02T00:00:00"],
			],
			["forecast_period", "forecast_period", [0, 6]],
			[
				"time",
				"forecast_reference_time forecast_period",
				[
					"2025-01-01T00:00:00",
					"2025-01-01T06:00:00",
					"2025-01-02T00:00:00",
					"2025-01-02T06:00:00",
				],
			],
			["t", "forecast_reference_time forecast_period point", { length: 12 }],
		]);
		expect(
			shown("analyses", "time", "forecast_reference_time", "realization"),
		).toEqual([
			["time", "time", ["2025-01-01T00:00:00", "2025-01-02T00:00:00"]],
			[
				"forecast_reference_time",
				"time",
				["2025-01-01T00:00:00", "2025-01-02T00:00:00"],
			],
			["realization", "", [1]],
		]);
	});

	test("areas of members, and other areas as cells", () => {
		expect(shown("ensemble", "realization", "t")).toMatchObject([
			["realization", "realization", [1, 7]],
			["t", "realization latitude longitude", { length: 12 }],
		]);
		expect(
			shown("cells", "latitude", "longitude", "time", "realization", "t"),
		).toMatchObject([
			["latitude", "point", [1, 0.5, 0]],
			["longitude", "point", [2, 2.5, 2]],
			["time", "coverage", { length: 3 }],
			["realization", "coverage", [2, 1, 1]],
			["t", "coverage point", { length: 9 }],
		]);
	});

	test("areas on several grids as points", () => {
		expect(read.grids?.attributes.featureType).toBe("point");
		expect(
			shown("grids", "latitude", "longitude", "time", "realization", "t"),
		).toMatchObject([
			["latitude", "obs", [1, 0.5, 0, 1, 1, 1, 0, 0, 0]],
			["longitude", "obs", [2, 2.5, 2, 2, 3, 5, 2, 3, 5]],
			["time", "obs", { 2: "2025-01-01T00:00:00", 3: "2025-01-01T06:00:00" }],
			["realization", "obs", { length: 9 }],
			["t", "obs", { 0: 100, 2: 102, 3: 100.6 }],
		]);
	});

	test("paths, one or several", () => {
		expect(shown("path", "latitude", "level", "forecast_period", "t")).toEqual([
			["latitude", "trajectory obs", [1, 3, 5]],
			["level", "trajectory obs", [500, 500, 850]],
			["forecast_period", "trajectory obs", [0, 0, 6]],
			["t", "trajectory obs", [1, 2, 3]],
		]);
		expect(shown("paths", "row_size", "latitude", "level", "t", "q")).toEqual([
			["row_size", "trajectory", [3, 1]],
			["latitude", "obs", [1, 3, 5, 5]],
			["level", "obs", [500, 500, 850, 850]],
			["t", "obs", [1, 2, 3, null]],
			["q", "obs", [null, null, null, 4]],
		]);
	});

	test("values of single precision in four octets", () => {
		expect(shown("singles", "2t", "q")).toEqual([
			["2t", "timeseries time", [null, 0.25, null, 0.25]],
			["q", "timeseries time", [0.1, 0.1, 0.1, 0.1]],
		]);
		expect(shown("single_rows", "2t", "q")).toEqual([
			["2t", "obs", [null, 0.25, 0.25]],
			["q", "obs", [0.1, 0.1, 0.1]],
		]);
		for (const name of ["singles", "single_rows"])
			expect(read[name]?.variables).toMatchObject({
				"2t": { dtype: "float32" },
				q: { dtype: "float64" },
			});
	});

	test("a parameter by the name of a coordinate, dates before 1582, no step", () => {
		expect(shown("names", "time", "time_")).toEqual([
			["time", "time", ["1500-03-01T00:00:00"]],
			["time_", "timeseries time", [0.1]],
		]);
		expect(read.names?.variables.time_?.attributes).toEqual({
			long_name: "a name that is taken",
			units: "1",
			GRIB_units: "(0 - 1)",
		});
		expect(read.names?.coords).not.toHaveProperty("forecast_period");
	});
});

test.each(Object.entries(collections))(
	"how long a file is (%s) is told before it is written",
	async (_, make) => {
		const { length } = await bytesOf(make(), dataset);
		expect(await dataset.size?.(make())).toBe(length);
	},
);

test("an area is a hypercube of its own, from which features are cut", async () => {
	const location = join(folder, "members_in_time.nc");
	const cube = await openNetcdf({ location }, new AbortController().signal);
	expect(cube.faults()).toEqual([]);
	expect(cube.axes()).toEqual({
		date: ["20250101"],
		time: ["0000"],
		step: ["0", "6"],
		number: ["1", "2", "3"],
		levtype: ["sfc"],
		param: ["130", "133"],
	});
	const [field] = cube.select({ param: ["t"], number: ["3"], step: ["6"] });
	const out = new Float64Array(6);
	await field?.read(Uint32Array.of(0, 6), out);
	expect([...out]).toEqual([0, 1, 2, 3, 4, 5].map((at) => at + 0.6 + 300));
});

test("where CDF-2 is too narrow the header is one of CDF-5", async () => {
	const along = { name: "along", length: 3 };
	const values = {
		name: "values",
		type: "float64",
		dimensions: [along],
		attributes: { note: "three of them", numbers: Int32Array.of(-1, 2) },
	} as const;
	const small = {
		attributes: {},
		record: { name: "record", length: 0 },
		fixed: [values],
		records: [],
	};
	const { bytes, size } = encodeHeader(small, true);
	const written = [bytes, swapped(Float64Array.of(1, Number.NaN, 0.1))];
	const path = join(folder, "wide.nc");
	await writeFile(path, Buffer.concat(written));
	expect(size).toBe(Buffer.concat(written).length);
	expect(await readAll([path])).toMatchObject([
		{
			model: "NETCDF3_64BIT_DATA",
			variables: {
				values: {
					attributes: { note: "three of them", numbers: [-1, 2] },
					values: [1, null, 0.1],
				},
			},
		},
	]);
	const long = { ...along, length: 2 ** 29 };
	const large = { ...small, fixed: [{ ...values, dimensions: [long] }] };
	expect(encodeHeader(small).bytes[3]).toBe(2);
	expect(encodeHeader(large)).toMatchObject({
		bytes: { 3: 5 },
		size: expect.closeTo(2 ** 32, -4),
	});
});
