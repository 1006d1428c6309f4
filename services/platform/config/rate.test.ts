import { expect, it } from "vitest";
import { parseRate } from "./rate.ts";

it.each([
	["50/s", 50],
	["0.5/s", 0.5],
	["3000/m", 50],
	[" 7200/h ", 2],
	["0", 0],
	[0, 0],
])("%j is %d a second", (text, perSecond) => {
	expect(parseRate(text)).toBe(perSecond);
});

it.each([
	"",
	"50",
	"50/d",
	"0/s",
	"-1/s",
	"1e3/s",
	"/s",
	"99999999999/s",
	"0.0000000001/h",
	5,
	Number.NaN,
])("%j is no rate", (text) => {
	expect(parseRate(text)).toBeUndefined();
});
