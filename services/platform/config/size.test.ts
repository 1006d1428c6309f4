import { expect, it } from "vitest";
import { parseSize } from "./size.ts";

it.each([
	["10G", 10 * 2 ** 30],
	["1.5GiB", 1.5 * 2 ** 30],
	["10MB", 10_000_000],
	["64K", 65_536],
	["1KB", 1_000],
	["2T", 2 * 2 ** 40],
	["5 MiB", 5 * 2 ** 20],
	["17B", 17],
	["123", 123],
	[123, 123],
	["0", 0],
])("%j is %i bytes", (text, bytes) => {
	expect(parseSize(text)).toBe(bytes);
});

it.each([
	"",
	"G",
	"10g",
	"10GBB",
	"5iB",
	"-1K",
	"1,5G",
	"1e3",
	"99999999T",
	-1,
	Number.NaN,
])("%j is no size", (text) => {
	expect(parseSize(text)).toBeUndefined();
});
