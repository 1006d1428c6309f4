import { describe, expect, test } from "vitest";
import type { GribRequest } from "../archive/axes.ts";
import {
	arrayV3,
	coordinate,
	doubles,
	group,
	memoryStore,
	type Objects,
	places,
	scalar,
} from "./fixtures/memory.ts";
import type { ZarrMapping } from "./mapping.ts";
import { openZarr } from "./zarr.ts";

const signal = new AbortController().signal;

/** A variable along some dimensions and the places, one chunk: each field's values are its number. */
function variable(
	name: string,
	sizes: Readonly<Record<string, number>>,
	attributes: object = {},
): Objects {
	const shape = [...Object.values(sizes), 2, 3];
	const dimensions = [...Object.keys(sizes), "lat", "lon"];
	const count = Object.values(sizes).reduce(
		(product, size) => product * size,
		1,
	);
	const numbers = Array.from({ length: count * 6 }, (_, at) =>
		Math.floor(at / 6),
	);
	return {
		[`${name}/zarr.json`]: arrayV3({ shape, dimensions, attributes }),
		[`${name}/c/${shape.map(() => 0).join("/")}`]: doubles(...numbers),
	};
}

const open = (objects: Objects, mapping?: ZarrMapping) =>
	openZarr(
		{ location: memoryStore({ ...group, ...places, ...objects }), mapping },
		signal,
	);

const since = (units: string, attributes: object = {}) => ({
	units,
	standard_name: "time",
	...attributes,
});

describe("axes by CF conventions", () => {
	test("an analysis: times, levels in Pa, levtype", async () => {
		const zarr = await open({
			...coordinate(
				"time",
				[0, 6, 30],
				since("hours since 2025-01-01 00:00:00.0"),
			),
			...coordinate("plev", [85_000, 50_000], {
				units: "Pa",
				axis: "Z",
				positive: "down",
			}),
			...variable("t", { time: 3, plev: 2 }, { units: "K" }),
			...variable("orography", {}, { units: "m" }),
		});
		expect(zarr.faults()).toEqual([]);
		expect(zarr.axes()).toEqual({
			date: ["20250101", "20250102"],
			time: ["0000", "0600"],
			levelist: ["500", "850"],
			levtype: ["pl", "sfc"],
			param: ["130", "orography"],
		});
		const fields = zarr.select(
			{ param: ["t"], levelist: ["850"], step: ["0"] },
			{ allowPartial: true },
		);
		expect(
			fields.map(
				({ keys }) =>
					`${keys.date} ${keys.time} ${keys.levelist} ${keys.levtype}`,
			),
		).toEqual([
			"20250101 0000 850 pl",
			"20250101 0600 850 pl",
			"20250102 0600 850 pl",
		]);
	});

	test("a forecast of members: reference time, steps, members", async () => {
		const zarr = await open({
			...coordinate("init_time", [20_089], {
				units: "days since 1970-01-01",
				standard_name: "forecast_reference_time",
			}),
			...coordinate("lead", [0, 21_600_000_000_000, 5_400_000_000_000], {
				units: "nanoseconds",
				standard_name: "forecast_period",
			}),
			...coordinate("ens", [1, 2], { standard_name: "realization" }),
			...variable("2t", { init_time: 1, ens: 2, lead: 3 }, { units: "K" }),
		});
		expect(zarr.axes()).toEqual({
			date: ["20250101"],
			time: ["0000"],
			step: ["0", "1h30m", "6"],
			number: ["1", "2"],
			levtype: ["sfc"],
			param: ["167"],
		});
	});

	test("as cfgrib writes: a time that is the start, beside steps; scalars", async () => {
		const zarr = await open({
			...scalar("time", 1_735_689_600, {
				units: "seconds since 1970-01-01",
				standard_name: "forecast_reference_time",
			}),
			...scalar("number", 0, { standard_name: "realization" }),
			...scalar("isobaricInhPa", 500, { units: "hPa", positive: "down" }),
			...coordinate("step", [0, 6], {
				units: "hours",
				standard_name: "forecast_period",
			}),
			...variable(
				"anything",
				{ step: 2 },
				{ GRIB_paramId: 130, coordinates: "time number isobaricInhPa" },
			),
		});
		expect(zarr.axes()).toEqual({
			date: ["20250101"],
			time: ["0000"],
			step: ["0", "6"],
			number: ["0"],
			levelist: ["500"],
			levtype: ["pl"],
			param: ["130"],
		});
	});

	test("valid times beside one start are steps", async () => {
		const zarr = await open({
			...scalar("forecast_reference_time", 12, {
				units: "hours since 2025-01-01",
				standard_name: "forecast_reference_time",
			}),
			...coordinate("time", [12, 18], since("hours since 2025-01-01")),
			...variable("a", { time: 2 }),
		});
		expect(zarr.axes()).toMatchObject({
			date: ["20250101"],
			time: ["1200"],
			step: ["0", "6"],
		});
	});

	test.each([
		[
			"hours since 0001-01-01 00:00:00",
			"standard",
			17_750_000,
			"20251127",
			"0800",
		],
		[
			"hours since 0001-01-01 00:00:00",
			"proleptic_gregorian",
			17_750_000,
			"20251129",
			"0800",
		],
		[
			"days since 1900-01-01T00:00:00Z",
			undefined,
			45_657.25,
			"20250102",
			"0600",
		],
		[
			"minutes since 2025-01-01 01:00 +01:00",
			"gregorian",
			90,
			"20250101",
			"0130",
		],
	])("%s, calendar %s", async (units, calendar, value, date, time) => {
		const zarr = await open({
			...coordinate("time", [value], since(units, { calendar })),
			...variable("a", { time: 1 }),
		});
		expect(zarr.axes()).toMatchObject({ date: [date], time: [time] });
	});

	test.each([
		[
			"another calendar",
			since("days since 2000-01-01", { calendar: "noleap" }),
			"the calendar noleap is not read",
		],
		[
			"units that are no time",
			since("months since 2000-01-01"),
			"'months since 2000-01-01' are not read",
		],
		[
			"times between minutes",
			since("seconds since 2000-01-01 00:00:30"),
			"no whole minutes",
		],
	])("%s is a fault of the variable", async (_, attributes, reason) => {
		const zarr = await open({
			...coordinate("time", [0], attributes),
			...variable("a", { time: 1 }),
			...variable("b", {}),
		});
		expect(zarr.faults()).toMatchObject([
			{ variable: "a", reason: expect.stringContaining(reason) },
		]);
		expect(zarr.axes().param).toEqual(["b"]);
	});

	test("a dimension that nothing says anything of is a fault, unless the operator does", async () => {
		const objects = {
			...coordinate("band", [3, 7], {}),
			...variable("a", { band: 2 }),
		};
		expect((await open(objects)).faults()[0]?.reason).toContain("'band'");
		const zarr = await open(objects, {
			dimensions: { band: "frequency" },
			keys: { class: "OD", expver: "1" },
		});
		expect(zarr.axes()).toEqual({
			class: ["od"],
			expver: ["0001"],
			frequency: ["3", "7"],
			levtype: ["sfc"],
			param: ["a"],
		});
	});
});

describe("the operator's mapping", () => {
	test("parameters by short name and id; a name that is none is a fault", async () => {
		const zarr = await open(
			{
				...variable("t2m", {}),
				...variable("pressure", {}),
				...variable("c", {}),
			},
			{ params: { t2m: "2t", pressure: 151, c: "nonsense" } },
		);
		expect(zarr.axes().param).toEqual(["151", "167"]);
		expect(zarr.faults()).toMatchObject([{ variable: "c" }]);
		// By the variable's own name too.
		expect(zarr.select({ param: ["t2m"] })[0]?.keys.param).toBe("167");
	});

	test("what it says wins over what is found", async () => {
		const zarr = await open(
			{
				...coordinate("time", [0], since("hours since 2025-01-01")),
				...variable("a", { time: 1 }),
			},
			{ keys: { levtype: "ml", time: "1200" } },
		);
		expect(zarr.axes()).toMatchObject({
			levtype: ["ml"],
			time: ["1200"],
			date: ["20250101"],
		});
	});
});

describe("choosing fields", () => {
	const cube = {
		...coordinate("time", [0, 12, 24], since("hours since 2025-01-01")),
		...coordinate("step", [0, 6], { units: "hours" }),
		...coordinate("level", [1000, 500], { units: "hPa" }),
		...variable("t", { time: 3, step: 2, level: 2 }, { units: "K" }),
		...variable("q", { time: 3, step: 2, level: 2 }, { units: "kg kg**-1" }),
		...variable("msl", { time: 3, step: 2 }, { units: "Pa" }),
	};
	const chosen = async (request: GribRequest) =>
		(await open(cube)).select(request).map(({ keys }) => {
			const { date, time, step, levelist, param } = keys;
			return [date?.slice(6), time?.slice(0, 2), step, levelist, param].join(
				" ",
			);
		});

	test("nested by date, time, step, level, parameter, each in the request's own order", async () => {
		expect(
			await chosen({
				date: ["2025-01-01"],
				time: ["12", "0"],
				step: ["6"],
				levelist: ["500", "1000"],
				param: ["q", "130"],
			}),
		).toEqual([
			"01 12 6 500 133",
			"01 12 6 500 130",
			"01 12 6 1000 133",
			"01 12 6 1000 130",
			"01 00 6 500 133",
			"01 00 6 500 130",
			"01 00 6 1000 133",
			"01 00 6 1000 130",
		]);
	});

	test("what is not named is taken whole; spans take what there is", async () => {
		expect(
			await chosen({ param: ["msl"], step: { from: "1", until: "24" } }),
		).toEqual(["01 00 6  151", "01 12 6  151", "02 00 6  151"]);
	});

	test("each field has its own values", async () => {
		const fields = (await open(cube)).select({
			param: ["t"],
			date: ["20250102"],
			step: ["6"],
		});
		const values = await Promise.all(
			fields.map(async (field) => {
				const out = new Float64Array(1);
				await field.read(Uint32Array.of(3, 4), out);
				return out[0];
			}),
		);
		expect(values).toEqual([11, 10]);
	});

	test.each([
		[{ expver: ["1"] }, "unknown key 'expver'"],
		[{ param: [] }, "key 'param' has no value"],
		[
			{
				param: ["t"],
				step: ["0", "3"],
				date: ["20250101"],
				time: ["00"],
				levelist: ["500"],
			},
			"expected 2 fields, found 1: missing step=3",
		],
		[
			{ date: ["20250102"], time: ["12"], param: ["msl"] },
			"found 0: missing date=20250102 time=12",
		],
		[{ param: ["msl"], levelist: ["500"] }, "missing levelist=500 param=msl"],
	])("%o is refused", async (request, reason) => {
		await expect(chosen(request)).rejects.toThrow(reason);
	});
});
