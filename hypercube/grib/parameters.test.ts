import { expect, it } from "vitest";
import { parameterOf, paramIdOf } from "./parameters.ts";

it.each([
	["167", 167],
	["167.128", 167],
	["2t", 167],
	["2T", 167],
	[" 2t ", 167],
	["130.151", 151130],
	["228.228", 228228],
	["11.1", 130],
	["tp", 228],
	["tprate", 260048],
])("%s is parameter %i", (text, id) => {
	expect(paramIdOf(text)).toBe(id);
});

it.each(["no-such-name", "constructor", "", "1.2.3", "-1"])(
	"%j names none",
	(text) => {
		expect(paramIdOf(text)).toBeUndefined();
	},
);

it("knows names and units", () => {
	expect(parameterOf(167)).toEqual({
		shortName: "2t",
		name: "2 metre temperature",
		units: "K",
	});
	expect(parameterOf(1e9)).toBeUndefined();
});
