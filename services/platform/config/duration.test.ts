import { expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

it.each([
	["15s", 15_000],
	["24h", 86_400_000],
	["1d2h", 93_600_000],
	["1h30m", 5_400_000],
	["1m1s1ms", 61_001],
	["250ms", 250],
	["1.5s", 1_500],
	[" 5m ", 300_000],
	["60", 60_000],
	["0", 0],
	[2, 2_000],
	[0.25, 250],
])("%j is %i ms", (text, ms) => {
	expect(parseDuration(text)).toBe(ms);
});

it.each([
	"",
	" ",
	"15x",
	"s",
	"1h1d",
	"1 h",
	"-5s",
	"1e3",
	"1.5h",
	"5S",
	"9999999999999999999d",
	-1,
	Number.NaN,
	Number.POSITIVE_INFINITY,
])("%j is no duration", (text) => {
	expect(parseDuration(text)).toBeUndefined();
});
