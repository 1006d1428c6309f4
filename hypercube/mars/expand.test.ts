import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDate, isDay, parseDate } from "./date.ts";
import { RequestError } from "./errors.ts";
import { expand, expandKey } from "./expand.ts";
import { formatStep, parseStep } from "./step.ts";

describe("values written out", () => {
	test.each<[string, string | readonly string[], readonly string[]]>([
		["date", "20240228/to/20240301", ["20240228", "20240229", "20240301"]],
		["date", "20240101/to/20240105/by/2", ["20240101", "20240103", "20240105"]],
		["date", "20240101/to/20240104/by/2", ["20240101", "20240103"]],
		["date", "20261119/to/20261117", ["20261119", "20261118", "20261117"]],
		["time", "0000/to/0300", ["0000", "0100", "0200", "0300"]],
		["time", "0000/to/2300/by/6", ["0000", "0600", "1200", "1800"]],
		["time", "0000/to/1200/by/0600", ["0000", "0600", "1200"]],
		["step", "0/to/3", ["0", "1", "2", "3"]],
		["step", "0/to/24/by/12", ["0", "12", "24"]],
		["step", ["0", "90m", "24h", "1d"], ["0", "1h30m", "24"]],
		["step", "0h30m", ["30m"]],
		["step", "12h15m", ["12h15m"]],
		["step", "0m/to/60m/by/30m", ["0", "30m", "1"]],
		["step", "0m/to/2m", ["0", "1m", "2m"]],
		["step", "0-1/to/2-3", ["0-1", "1-2", "2-3"]],
		["step", "0-6/to/12-18", ["0-6", "6-12", "12-18"]],
		["step", "0-24/to/12-36/by/6", ["0-24", "6-30", "12-36"]],
		["number", "1/to/3", ["1", "2", "3"]],
		["levelist", "1000/to/400/by/200", ["1000", "800", "600", "400"]],
		["levelist", "0.1/to/0.3/by/0.1", ["0.1", "0.2", "0.3"]],
		["levelist", "500/850", ["500", "850"]],
		["year", "1990/to/1992", ["1990", "1991", "1992"]],
		["month", "1/2", ["1", "2"]],
		["month", "07", ["7"]],
		["param", "2t/msl/2t", ["2t", "msl"]],
		["param", ["165.128", "166.128"], ["165.128", "166.128"]],
		["class", "od", ["od"]],
		["grid", "0.25/0.25", ["0.25/0.25"]],
		["area", "75/-15/30/42.5", ["75/-15/30/42.5"]],
	])("%s %j", (key, value, expected) => {
		expect(expand({ [key]: value })).toEqual({ [key]: expected });
	});

	test("a feature is left out", () => {
		expect(expand({ class: "od", feature: { type: "circle" } })).toEqual({
			class: ["od"],
		});
	});
});

describe("refused", () => {
	test.each([
		["date", "00010101/to/99991231", "more than 1000000 values"],
		["number", "1/to/999999999", "more than 1000000 values"],
		["expver", "0001/to/0002", "takes no ranges"],
		["step", "0/to/6/by/0", "cannot go by 0"],
		["step", "0-1/to/6", "Invalid range"],
		["step", "0-1/to/0-6", "Invalid range"],
		["number", "a/to/b", "Invalid range for key 'number'"],
		["levelist", "1/to", "Invalid range format"],
		["class", "od//ei", "Empty value"],
	])("%s %j", (key, value, reason) => {
		expect(() => expand({ [key]: value })).toThrow(reason);
		expect(() => expand({ [key]: value })).toThrow(RequestError);
	});

	test("every key at once", () => {
		expect(() => expand({ class: "a/to/b", number: "x/to/y" })).toThrow(
			/'class'.*\n.*'number'/,
		);
	});
});

describe("laws", () => {
	const whole = fc.integer({ min: 0, max: 5000 });
	const by = fc.integer({ min: 1, max: 100 });

	test("a range holds its start, only what its increment hits, and nothing past its end", () => {
		fc.assert(
			fc.property(
				fc.constantFrom("step", "number", "levelist"),
				whole,
				whole,
				by,
				(key, from, until, increment) => {
					const values = expandKey(
						key,
						`${from}/to/${until}/by/${increment}`,
					).map(Number);
					const sign = until < from ? -1 : 1;
					const end = values.at(-1) ?? Number.NaN;
					expect(values).toEqual(
						values.map((_, index) => from + sign * index * increment),
					);
					expect(sign * (until - end)).toBeGreaterThanOrEqual(0);
					expect(sign * (until - end)).toBeLessThan(increment);
				},
			),
		);
	});

	test("what was written out is written out as itself", () => {
		const value = fc.oneof(
			whole.map(String),
			fc.tuple(whole, whole).map(([a, b]) => `${a}m/to/${b}m`),
		);
		fc.assert(
			fc.property(value, (text) => {
				const once = expandKey("step", text);
				expect(expandKey("step", once)).toEqual(once);
			}),
		);
	});

	test("steps and dates read as they are written", () => {
		fc.assert(
			fc.property(
				fc.nat(1e9),
				(seconds) => parseStep(formatStep(seconds)) === seconds,
			),
		);
		const day = fc.integer({ min: -719_162, max: 2_932_896 });
		fc.assert(
			fc.property(
				day,
				(date) => isDay(date) && parseDate(formatDate(date)) === date,
			),
		);
	});

	test("any text is values or a RequestError", () => {
		const piece = fc.constantFrom(
			"/",
			"to",
			"by",
			"0",
			"12",
			"-",
			"h",
			"m",
			".",
			" ",
			"2024",
			"0101",
			"x",
		);
		const key = fc.constantFrom(
			"date",
			"time",
			"step",
			"number",
			"levelist",
			"class",
		);
		fc.assert(
			fc.property(key, fc.array(piece, { maxLength: 12 }), (name, pieces) => {
				try {
					expect(expandKey(name, pieces.join(""), 1000).length).toBeGreaterThan(
						0,
					);
				} catch (error) {
					if (!(error instanceof RequestError)) throw error;
				}
			}),
			{ numRuns: 3000 },
		);
	});
});
