import { describe, expect, test } from "vitest";
import { type CoercionConfig, coerce, DEFAULT_COERCION } from "./coerce.ts";
import { parseDocument } from "./document.ts";
import { RequestError } from "./errors.ts";

const now = new Date("2026-11-20T23:30:00Z");
const coerced = (posted: unknown, config: CoercionConfig = DEFAULT_COERCION) =>
	coerce(parseDocument(posted), { now, config });

describe("values in canonical form", () => {
	test.each<[string, unknown, string | readonly string[]]>([
		["date", 20240101, "20240101"],
		["date", "2024-01-01", "20240101"],
		["date", "20240101.0", "20240101"],
		["date", 0, "20261120"],
		["date", "-1", "20261119"],
		["date", "-1/to/-5", "20261119/to/20261115"],
		["date", "2024-01-01/to/2024-01-05/by/2", "20240101/to/20240105/by/2"],
		["date", "20240101/20240102", ["20240101", "20240102"]],
		["date", "20240101 / 20240102", ["20240101", "20240102"]],
		["date", [20240101, "-1"], ["20240101", "20261119"]],
		["date", "20240229", "20240229"],
		["hdate", "2020-01-01/2021-01-01", ["20200101", "20210101"]],
		["time", 0, "0000"],
		["time", 12, "1200"],
		["time", 600, "0600"],
		["time", "0800", "0800"],
		["time", "6", "0600"],
		["time", "06:00", "0600"],
		["time", "00:00:00", "0000"],
		["time", "0/6/12", ["0000", "0600", "1200"]],
		["time", "0/to/23/by/1", "0000/to/2300/by/1"],
		["step", 0, "0"],
		["step", "1h30m", "1h30m"],
		["step", "1-2", "1-2"],
		["step", "1h30m-32", "1h30m-32"],
		["step", "12hm15", "12h15m"],
		["step", "0h30m", "0h30m"],
		["step", "0-1/to/7-8", "0-1/to/7-8"],
		["step", "0m/to/1440m/by/10m", "0m/to/1440m/by/10m"],
		["step", "0/TO/24/BY/6", "0/to/24/by/6"],
		["number", "1/to/50", "1/to/50"],
		["number", 1, "1"],
		["number", "01", "1"],
		["param", 167, "167"],
		["param", "165.128/166.128", ["165.128", "166.128"]],
		["param", [164, "167"], ["164", "167"]],
		["expver", 1, "0001"],
		["expver", "0099", "0099"],
		["expver", "00099", "0099"],
		["expver", "hsvs", "hsvs"],
		["model", "IFS-NEMO", "ifs-nemo"],
		["model", 7, "7"],
		["experiment", "SSP3-7.0", "ssp3-7.0"],
		["activity", "ScenarioMIP", "scenariomip"],
		["timespan", null, "none"],
		["timespan", "None", "none"],
		["timespan", "null", "none"],
		["timespan", "1h", "1h"],
		["class", "od/ei", ["od", "ei"]],
		["domain", "g", "g"],
		["levelist", "1/to/1000", "1/to/1000"],
		["levelist", [500, 1000], ["500", "1000"]],
		["grid", [0.25, 0.25], "0.25/0.25"],
		["grid", "0.25/0.25", "0.25/0.25"],
		["area", "75/-15/30/42.5", "75/-15/30/42.5"],
		["foo", 1, "1"],
		["foo", true, "true"],
		["foo", ["a", 2], ["a", "2"]],
	])("%s: %j -> %j", (key, value, expected) => {
		expect(coerced({ [key]: value })).toEqual({ [key]: expected });
	});
});

const DATE = "Invalid date format, expected YYYYMMDD or YYYY-MM-DD.";
const STEP = "Invalid step format, expected integer, steps with units";
const TIME = "Invalid time format, expected HHMM or HH";

describe("values refused", () => {
	test.each<[string, unknown, string]>([
		["date", "20240230", DATE],
		["date", "2024", DATE],
		["date", "yesterday", DATE],
		["date", -99999999, DATE],
		["date", null, DATE],
		["date", "20240101/to/", "Invalid range format for key date."],
		["date", "20240101/to/20240105/by/0", "Invalid range format for key date."],
		["date", "20240101/to/20240105/by", "Invalid range format for key date."],
		["date", { a: 1 }, "Invalid type, expected a value or a list of values"],
		["hdate", "-1", DATE],
		["step", -1, "Step must be greater than or equal to 0."],
		["step", 1.5, "Invalid type, expected integer or string."],
		["step", "1.5", STEP],
		["step", "3m20d", STEP],
		["step", "1h-3s30m", STEP],
		["step", "1-2-3", STEP],
		["step", "", STEP],
		["number", 0, "Number must be >= 1."],
		["number", "x", "Invalid type, expected integer or string."],
		["number", 1e300, "Invalid type, expected integer or string."],
		["param", 165.128, "Invalid param type, expected integer or string."],
		["param", "1/to/3", "Invalid range format for key param."],
		["time", 24, `${TIME}.`],
		["time", "0030", `${TIME}.`],
		["time", -1, `${TIME} greater than zero.`],
		["time", true, "Invalid type for time, expected string or integer."],
		["expver", 10000, "expver integer must be between 0 and 9999 inclusive."],
		[
			"expver",
			"10000",
			"expver integer string must represent an integer between 0 and 9999 inclusive.",
		],
		["expver", "abc", "expver string length must be 4 characters exactly."],
		["expver", false, "expver must be an integer or a string."],
		["class", [], "Empty list"],
		["class", "od//ei", "Empty value"],
		["class", null, "Empty value"],
		[
			"class",
			["od", ["ei"]],
			"Invalid type, expected a value or a list of values",
		],
		["step", ["0/to/6", "12"], STEP],
		[
			"levelist",
			["1/to/6", "12"],
			"Invalid list, expected single values without '/'",
		],
		["feature", "circle", "Invalid type, expected a mapping"],
	])("%s: %j", (key, value, reason) => {
		expect(() => coerced({ [key]: value })).toThrow(
			`Errors in request:\n ${reason}`,
		);
		expect(() => coerced({ [key]: value })).toThrow(
			` for key '${key}' with value '`,
		);
	});

	test("every fault is named, in Polytope v1's words", () => {
		const posted = {
			date: "x",
			step: -1,
			param: [167, "167", 168, 169, "169"],
			class: "od",
		};
		const faults = [
			"Invalid date format, expected YYYYMMDD or YYYY-MM-DD. for key 'date' with value 'x'",
			"Step must be greater than or equal to 0. for key 'step' with value '-1'",
			"Duplicate values found in list for key 'param': {'167', '169'}",
		];
		const message = `Errors in request:\n ${faults[0]}\n ${faults[1]}\n${faults[2]}`;
		expect(() => coerced(posted)).toThrow(new RequestError(faults, message));
	});

	test("a long value is not repeated whole", () => {
		expect(() => coerced({ date: "9".repeat(100_000) })).toThrow(/^.{0,400}$/s);
	});
});

describe("keys", () => {
	test("are lower case and trimmed; levellist is levelist", () => {
		expect(coerced({ " Class ": "od", LEVELLIST: "500" })).toEqual({
			class: "od",
			levelist: "500",
		});
	});

	test.each([[{ Class: "od", class: "rd" }], [{ levelist: 1, levellist: 2 }]])(
		"said twice: %j",
		(posted) => {
			expect(() => coerced(posted)).toThrow("Key given twice");
		},
	);

	test("the configuration decides on lists, ranges and the number 0", () => {
		const config = {
			allow_lists: ["number"],
			allow_ranges: [],
			number_allow_zero: true,
		};
		expect(coerced({ number: "0/1" }, config)).toEqual({ number: ["0", "1"] });
		expect(() => coerced({ number: "0/to/1" }, config)).toThrow(
			"Invalid range format for key number.",
		);
		expect(() => coerced({ step: "0/1" }, config)).toThrow(STEP);
	});
});

test("text becomes data", () => {
	expect(coerced("10")).toEqual({ data: "10" });
});

test("the numbers of a feature are numbers, its words stay", () => {
	const text = `feature:
  type: timeseries
  points: [['1', -9.1], [1e1, .5]]
  range: {start: '0', end: 1h0m}
  radius: 1
  axes: [latitude, '1']`;
	expect(coerced(text)).toEqual({
		feature: {
			type: "timeseries",
			points: [
				[1, -9.1],
				[10, 0.5],
			],
			range: { start: 0, end: "1h0m" },
			radius: 1,
			axes: ["latitude", "1"],
		},
	});
});

test("what was coerced is coerced to itself", () => {
	const once = coerced(
		"date: -1/to/-5\ntime: 0/6\nstep: 12hm15\nexpver: 1\nlevellist: 1/to/3",
	);
	expect(coerced(once)).toEqual(once);
});

test("a mapping where a value belongs is refused", () => {
	expect(() => coerced({ class: { od: 1 } })).toThrow(/Invalid type.*'class'/s);
});
