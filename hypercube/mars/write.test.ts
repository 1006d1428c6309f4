import { describe, expect, test } from "vitest";
import { RequestError } from "./errors.ts";
import { writeMars } from "./write.ts";

describe("MARS language", () => {
	test("joins lists, keeps ranges, sets the target", () => {
		const request = {
			class: "od",
			param: ["2t", "165.128"],
			step: "0/to/24/by/6",
		};
		expect(writeMars("retrieve", request, "out.grib")).toBe(
			'retrieve,class=od,param=2t/165.128,step=0/to/24/by/6,target="out.grib"',
		);
	});

	test("quotes what has blanks", () => {
		expect(writeMars("retrieve", { interpolation: "nearest lsm" })).toBe(
			'retrieve,interpolation="nearest lsm"',
		);
	});

	test("keeps the quotes of a filter", () => {
		const filter = `'select * where stationid="Ams01"'`;
		expect(writeMars("retrieve", { filter })).toBe(`retrieve,filter=${filter}`);
	});

	test.each([
		["param", "2t,class=rd"],
		["param", "2t\nclass=rd"],
		["param", '2t",class="rd'],
		["param", '"2t,class=rd"'],
		["filter", `'a',class=rd,x='b"'`],
		["filter", 'a"\n'],
		["filter", "a\\"],
		["a,b", "1"],
		["", "1"],
	])("refuses %j = %j", (key, value) => {
		expect(() => writeMars("retrieve", { [key]: value })).toThrow(RequestError);
	});

	test("refuses a feature and a target with a quote, naming both", () => {
		const write = () =>
			writeMars("retrieve", { feature: { type: "circle" } }, 'a"b');
		expect(write).toThrow(
			"The value of key 'feature' cannot be written in MARS language\nThe target",
		);
	});
});
