import { expect, it } from "vitest";
import { parseAuthorization } from "./authorization.ts";

const read = (header: string) =>
	parseAuthorization(header)?.map(({ scheme, value }) => [scheme, value]);

it.each([
	["Bearer KEY", [["bearer", "KEY"]]],
	["bEARER   KEY  ", [["bearer", "KEY"]]],
	["Bearer a,b", [["bearer", "a,b"]]],
	["Bearer KEY,", [["bearer", "KEY"]]],
	[
		"Bearer KEY, Basic Ym9iOnB3OjE=",
		[
			["bearer", "KEY"],
			["basic", "Ym9iOnB3OjE="],
		],
	],
	[
		"EmailKey e@x.int:K,Basic eA==",
		[
			["emailkey", "e@x.int:K"],
			["basic", "eA=="],
		],
	],
	['Digest a="b", c="d"', [["digest", 'a="b", c="d"']]],
])("%j is read", (header, items) => {
	expect(read(header)).toEqual(items);
});

it.each([
	["nothing", ""],
	["blanks", "   "],
	["a scheme alone", "Basic"],
	["a scheme and blanks", "Basic   "],
	["commas", ",,,,"],
	["no scheme", ": abc"],
	["a line break", "Basic abc\r\nX: y"],
	["a zero byte", "Basic a\0b"],
	["more than eight items", Array(9).fill("Basic eA==").join(", ")],
	["100 KiB", `Bearer ${"x".repeat(100_000)}`],
])("%s cannot be read", (_name, header) => {
	expect(read(header)).toBeUndefined();
});

it.each([
	["blanks", `Basic x${" ".repeat(60_000)}y`],
	["commas", `Basic ${",".repeat(60_000)}`],
	["commas and blanks", `Basic ${", ".repeat(30_000)}y`],
	["scheme-like items", `Basic ${",a ".repeat(20_000)}`],
])("60 KB of %s take no time to speak of", (_name, header) => {
	const start = performance.now();
	parseAuthorization(header);
	// On a crowded machine; what goes over its text again and again takes far longer.
	expect(performance.now() - start).toBeLessThan(1_500);
});
