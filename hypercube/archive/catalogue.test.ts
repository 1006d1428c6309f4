import { describe, expect, test } from "vitest";
import { canonical, comparatorOf } from "./canonical.ts";
import { Catalogue } from "./catalogue.ts";
import { IndexBuilder, paramColumn } from "./columns.ts";

const catalogueOf = (...params: string[]) => {
	const builder = new IndexBuilder();
	params.forEach((param, row) => {
		const keys = {
			step: String(row * 6),
			param: param.split(":")[2] ?? "",
			[paramColumn]: param,
		};
		builder.add({ offset: row, length: 1 }, keys, undefined);
	});
	return new Catalogue([builder.done()]);
};

describe("what a request's parameter means", () => {
	test.each([
		["167", "167:2t:167.128", ["167"]],
		["2t", "167:2t:167", ["167"]],
		["167.128", "167:2t:167", ["167"]],
		["tp", "228228:tp:228228", ["228228"]],
		["11.1", "500011:t:11.1", ["500011"]],
	])("%s in an archive of %s", (text, param, ids) => {
		expect(catalogueOf(param).meaning("param", text)).toEqual(ids);
	});

	test("MARS's choice of a name goes before others of that name", () => {
		const catalogue = catalogueOf("228:tp:228", "228228:tp:228228");
		expect(catalogue.meaning("param", "tp")).toEqual(["228"]);
	});

	test("an unknown name means itself, and so finds nothing", () => {
		expect(catalogueOf("228:tp:228").meaning("param", "nonsense")).toEqual([
			"nonsense",
		]);
	});
});

test("ranks ascend by value", () => {
	const ranks = catalogueOf("1:a:1", "1:a:1", "1:a:1").ranks("step");
	expect([...ranks]).toEqual([
		["0", 1],
		["6", 2],
		["12", 3],
	]);
});

test.each([
	["time", "0", "0000"],
	["time", "600", "0600"],
	["time", "06:30:00", "0630"],
	["time", "noon", "noon"],
	["step", "1d", "24"],
	["step", "0-6h", "0-6"],
	["step", "90m", "1h30m"],
	["levelist", "0850.0", "850"],
	["levelist", "0.5", "0.5"],
	["number", "007", "7"],
	["expver", "1", "0001"],
	["date", "2025-01-01", "20250101"],
	["date", "aug-01", "aug-01"],
	["method", "", ""],
])("%s %j is compared as %j", (key, text, spelling) => {
	expect(canonical(key, text)).toBe(spelling);
});

test.each([
	[
		"type",
		["fc", "10", "9", "an", "-1", "0.5"],
		["-1", "0.5", "9", "10", "an", "fc"],
	],
	[
		"step",
		["2", "1h30m", "0-24", "45m", "12-24", "6"],
		["45m", "1h30m", "2", "6", "0-24", "12-24"],
	],
])("values of %s ascend", (key, values, ascending) => {
	expect(values.toSorted(comparatorOf(key))).toEqual(ascending);
});
