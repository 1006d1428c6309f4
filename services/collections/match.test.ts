import { describe, expect, test } from "vitest";
import {
	type Coerced,
	coerce,
	DEFAULT_COERCION,
} from "../../hypercube/mars/coerce.ts";
import { parseDocument } from "../../hypercube/mars/document.ts";
import { type DatasourceRules, matchDatasource } from "./match.ts";
import type { Rule } from "./rule.ts";
import type { User } from "./user.ts";

const now = new Date("2026-11-20T12:00:00Z");
const user: User = {
	id: "1",
	username: "ann",
	realm: "uni",
	roles: ["staff"],
	attributes: {},
};
const source: DatasourceRules = { name: "disk", type: "grib" };

const coerced = (posted: unknown): Coerced =>
	coerce(parseDocument(posted), { now, config: DEFAULT_COERCION });
const matchOf = (rules: Partial<DatasourceRules>, posted: unknown) =>
	matchDatasource({ ...source, ...rules }, coerced(posted), user, now);

describe("values a rule lets pass", () => {
	test.each<[string, Rule, unknown]>([
		["class", "od", "od"],
		["class", ["od", "ei"], "od/ei"],
		["class", ["od", "ei"], ["ei", "od"]],
		["class", ["od/ei"], "ei"],
		["foo", [1], 1],
		["foo", [1], "1"],
		["foo", ["1"], 1],
		["foo", ["a", "b"], "a/b"],
		["levelist", [500, 850], "500/850"],
		["levelist", ["1/to/1000"], "500/850"],
		["levelist", ["1/to/1000"], "1/to/1000"],
		["levelist", ["1/to/1000"], "100/to/900/by/100"],
		["step", ["0/to/6"], "0/to/6/by/3"],
		["step", ["0", "6", "12"], "0/to/12/by/6"],
		["step", [24], "1d"],
		["number", ["1/to/50"], [1, 50]],
		["time", ["0", "12"], "0000/1200"],
		["time", ["0/to/23"], "00:00"],
		["expver", [1], "0001"],
		["model", ["IFS-NEMO"], "ifs-nemo"],
		["grid", ["0.25/0.25"], [0.25, 0.25]],
		["date", [], undefined],
		["date", ">30d", "20200101"],
		["date", ["-1/to/-20"], ["20261119", "20261118"]],
		["date", ["-1/to/-20"], "-3/to/-1"],
	])("%s by %j: %j", (key, rule, value) => {
		const posted = value === undefined ? { other: 1 } : { [key]: value };
		expect(matchOf({ match: { [key]: rule } }, posted)).toMatchObject({
			matched: true,
		});
	});
});

describe("a request that is only text", () => {
	test.each(["class = od, levtype = sfc", 5])("%j: no fields", (posted) => {
		expect(matchOf({ defaults: { class: "od" } }, posted)).toEqual({
			matched: false,
			reason:
				"Skipping datasource disk: the request is only text, but keys with values are expected, such as class: od.",
		});
	});

	test("is for those that take any", () => {
		expect(matchOf({ type: "echo" }, "hello")).toMatchObject({ matched: true });
		expect(matchOf({}, { data: "x", class: "od" }).matched).toBe(true);
	});
});

describe("why not", () => {
	test.each<[Partial<DatasourceRules>, unknown, string]>([
		[{ roles: { uni: ["admin"] } }, { class: "od" }, "user not authorized."],
		[
			{ type: "polytope" },
			{ class: "od" },
			"request does not contain expected key 'feature'",
		],
		[
			{},
			{ feature: { type: "circle" } },
			"request contains key 'feature', but this is not expected by the datasource.",
		],
		[
			{ match: { class: [] } },
			{ class: "od" },
			"request containing key 'class' is not allowed.",
		],
		[
			{ match: { class: ["od"] } },
			{ stream: "oper" },
			"request does not contain expected key 'class'",
		],
		[
			{ match: { class: ["od", "ei"] } },
			{ class: "rd" },
			"got class : rd, but expected one of [od, ei]",
		],
		[
			{ match: { class: ["od"] } },
			{ class: "od/rd" },
			"got class : od/rd, but expected one of [od]",
		],
		[
			{ match: { foo: [1] } },
			{ foo: "2/1" },
			"got foo : 2/1, but expected one of [1]",
		],
		[
			{ match: { step: ["0/to/6"] } },
			{ step: "0/to/240" },
			"got step : 0/to/240, but expected one of [0/to/6]",
		],
		[
			{ match: { step: ["0", "240"] } },
			{ step: "0/to/240" },
			"got step : 0/to/240, but expected one of [0, 240]",
		],
		[
			{ match: { expver: ["0001"] } },
			{ expver: "0001/0002" },
			"got expver : 0001/0002, but expected one of [0001]",
		],
		[
			{ match: { foo: ["a"] } },
			{ foo: { a: 1 } },
			'got foo : {"a":1}, but expected one of [a]',
		],
		[
			{ match: { levelist: ["1"] } },
			{ levelist: "1/to" },
			"got levelist : 1/to, but expected one of [1]",
		],
		[
			{ match: { levelist: ["1/to/9"] } },
			{ levelist: "1/to/999999999" },
			"got levelist : 1/to/999999999, but expected one of [1/to/9]",
		],
		[
			{ match: { date: [">30d"] } },
			{ date: -1 },
			"Date is too recent, expected < 20261021.",
		],
		[
			{ match: { date: ["-1"] } },
			{ date: ["-1", "-2"] },
			"Date 20261118 does not match any allowed date rule: [-1].",
		],
		[
			{ repr: "the disk", match: { a: [] } },
			{ a: 1 },
			"request containing key 'a' is not allowed.",
		],
	])("%j: %j", (rules, posted, reason) => {
		const name = rules.repr ?? "disk";
		expect(matchOf(rules, posted)).toEqual({
			matched: false,
			reason: `Skipping datasource ${name}: ${reason}`,
		});
	});

	test.each<[Partial<DatasourceRules>, string]>([
		[
			{ match: { step: ["x"] } },
			"error in its match rule for key 'step' with value 'x': Invalid step format",
		],
		[
			{ match: { number: ["1/to/9999999"] } },
			"error in its match rule for key 'number'",
		],
		[
			{ match: { date: [">30d", "-1"] } },
			"error processing date check: date rules mix",
		],
		[
			{ match: { date: ["-1/to/-5/by/2"] } },
			"error processing date check: invalid date rule",
		],
		[
			{ defaults: { expver: "12345" } },
			"error in its defaults for key 'expver'",
		],
		[{ patch: { date: "someday" } }, "error in its patch for key 'date'"],
	])("a rule that cannot be evaluated: %j", (rules, reason) => {
		const match = matchOf(rules, { step: 1, number: 1, date: 20200101 });
		expect(match.matched || match.reason).toContain(
			`Skipping datasource disk: ${reason}`,
		);
	});
});

describe("the request that goes on", () => {
	test("has defaults where it was silent, is patched, and its lists are joined", () => {
		const rules: Partial<DatasourceRules> = {
			defaults: { expver: "1", stream: "enfo", date: -1 },
			match: { expver: ["0001"] },
			patch: { class: "rd", param: [167, 168] },
		};
		expect(
			matchOf(rules, { class: "od", stream: "oper", step: [0, 6] }),
		).toEqual({
			matched: true,
			request: {
				expver: "0001",
				stream: "oper",
				date: "20261119",
				class: "rd",
				step: "0/6",
				param: "167/168",
			},
		});
	});

	test("keeps the feature a mapping", () => {
		const feature = { type: "circle", center: [[0, 1]], radius: 1 };
		expect(matchOf({ type: "polytope" }, { feature })).toEqual({
			matched: true,
			request: { feature },
		});
	});

	test("keys of JavaScript's own are keys like any other", () => {
		const posted = JSON.parse('{"__proto__": "x", "constructor": "y"}');
		const match = matchOf({ match: { toString: [] } }, posted);
		expect(match.matched && Object.keys(match.request)).toEqual([
			"__proto__",
			"constructor",
		]);
	});
});
