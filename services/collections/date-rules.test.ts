import { describe, expect, test } from "vitest";
import { checkDates, DateError } from "./date-rules.ts";
import { CollectionConfigError } from "./errors.ts";

// Late in the evening in UTC: elsewhere it is already the 21st.
const now = new Date("2026-11-20T23:30:00Z");

describe("allowed", () => {
	test.each<[string | readonly string[], readonly string[]]>([
		["20200101", []],
		["20261021", [">30d"]],
		["20261021", ["> 30d"]],
		["20261116", ["<5d"]],
		["20261119", [">1d", "<3d"]],
		["20261120", [">23h30m"]],
		["20261119", [">1d2h30m", "<40d"]],
		["20261101/20261102", [">10d"]],
		[["20261101", "20261102"], [">10d"]],
		["20261101/to/20261105", [">10d"]],
		["20261101/to/20261105/by/2", [">10d"]],
		["-31", [">30d"]],
		["20261119", ["-1"]],
		["20261119", ["-1/-5/-10"]],
		["20261110", ["-1/-5/-10"]],
		["20261110", ["-1/to/-20"]],
		["20261110", ["-20/to/-1"]],
		["20200101", ["20200101"]],
		["20200101", ["2020-01-01"]],
		["20200101/20261119", ["2020-01-01", "-1"]],
		[
			["20200101", "20261119"],
			["2020-01-01", "-1"],
		],
		[["20261118", "20261119"], ["-1/to/-20"]],
		["20261101/to/20261105", ["-1", "-1/to/-20"]],
		["20261105/to/20261101/by/2", ["-1/to/-20"]],
		["20200105/to/20200110", ["20200101/to/20201231"]],
		["20201231/to/20261119", ["20200101/to/-1"]],
	])("%j by %j", (dates, rules) => {
		expect(() => checkDates(dates, rules, now)).not.toThrow();
	});
});

describe("refused", () => {
	test.each<[string | readonly string[], readonly string[], string]>([
		["20261022", [">30d"], "Date is too recent, expected < 20261021"],
		["20261115", ["<5d"], "Date is too old, expected > 20261115"],
		[
			["20261101", "20261119"],
			[">10d"],
			"Date is too recent, expected < 20261110",
		],
		["20261101/20261119", [">10d"], "Date is too recent"],
		["20261101/to/20261119", [">10d"], "Date is too recent"],
		["20261101/to/20261119/by/2", [">10d"], "Date is too recent"],
		["20261101", [">10d", "<15d"], "Date is too old"],
		["-29", [">30d"], "Date is too recent"],
		[
			"20260230",
			[">30d"],
			"Invalid date, expected real date in YYYYMMDD format",
		],
		["20260101/to", [">30d"], "Invalid date range"],
		[
			"20261118",
			["-1"],
			"Date 20261118 does not match any allowed date rule: [-1]",
		],
		[
			"20261118",
			["-1/-5", "20200101"],
			"Date 20261118 does not match any allowed date rule: [-1/-5, 20200101]",
		],
		[["20261119", "20261118"], ["-1"], "Date 20261118 does not match"],
		[
			"20261119/to/20261115",
			["-1/-5"],
			"Date range 20261119 to 20261115 is not fully covered by any single allowed date rule: [-1/-5]",
		],
		["20261101/to/20261120", ["-1/to/-20"], "is not fully covered"],
		["20261110/to/20261115", ["-10/to/-8", "-8/to/-1"], "is not fully covered"],
		["2026", ["-1"], "Invalid Mars date token: '2026'"],
		[
			"20261119//20261118",
			["-1"],
			"Invalid Mars date string: '20261119//20261118'",
		],
		["", ["-1"], "Empty date token"],
		["-99999999", ["-1"], "Invalid Mars date token"],
	])("%j by %j", (dates, rules, reason) => {
		expect(() => checkDates(dates, rules, now)).toThrow(reason);
		expect(() => checkDates(dates, rules, now)).toThrow(DateError);
	});
});

test.each([
	[[">30d", "-1"]],
	[[">30"]],
	[["<"]],
	[["=5d"]],
	[["-1/to/-20/by/2"]],
	[["yesterday"]],
	[["-1/to"]],
	[[""]],
])("rules that make no sense: %j", (rules) => {
	expect(() => checkDates("20261119", rules, now)).toThrow(
		CollectionConfigError,
	);
});
