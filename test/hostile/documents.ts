/** Request documents that nobody can serve: by name, what is posted as `request`, and to which collection. */
export interface BadDocument {
	readonly name: string;
	readonly request: unknown;
	readonly collection?: string;
}

const nested = (depth: number): unknown => {
	let value: unknown = "x";
	for (let level = 0; level < depth; level += 1) value = [value];
	return { feature: value };
};

const laughs = (): string => {
	const lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"];
	for (let level = 1; level < 12; level += 1) {
		const below = `*a${level - 1}`;
		lines.push(`a${level}: &a${level} [${Array(10).fill(below).join(", ")}]`);
	}
	return lines.join("\n");
};

/** A whole good request of the sample archive, to be spoilt one key at a time. */
const GOOD = {
	class: "od",
	stream: "oper",
	type: "fc",
	expver: "0001",
	levtype: "sfc",
	param: "2t",
	date: "20250101",
	time: "0000",
	step: "0",
};

/** Values of one key that the coercion cannot read. */
const BAD_VALUES: readonly (readonly [
	key: string,
	values: readonly unknown[],
])[] = [
	[
		"date",
		[
			"",
			"nonsense",
			"20250230",
			"2025-13-01",
			"99999999",
			"20250101/to/",
			"/to/20250101",
			"20250101/to/x",
			"1e3",
			1.5,
			true,
			{},
			[],
			[[]],
			["20250101", "20250101"],
			20250101e30,
			"٢٠٢٥٠١٠١",
			"2025\u200b0101",
			"20250101/to/20250131/by/0",
			"20250101/to/20250131/by/-1",
			"-99999999999999999999",
		],
	],
	[
		"time",
		[
			"",
			"x",
			"2500",
			"1260",
			"00:99",
			-1,
			24,
			1.5,
			false,
			{},
			[],
			["0000", "0"],
			"0000/to/x",
			"0000/to/1200/by/0",
		],
	],
	[
		"step",
		[
			"",
			"x",
			"-1",
			-1,
			"1.5",
			"3m20d",
			"1h-3s30m",
			"0/to/",
			"0/to/x",
			"0/to/10/by/0",
			"0/to/10/by/-1",
			{},
			[],
			[0, 0],
			true,
		],
	],
	["number", ["", "x", "0", 0, -1, "1.5", 1.5, {}, [], [1, 1], "1/to/x", "１"]],
	["expver", ["", "x", "12345", 99999, -1, 1.5, {}, [], true]],
	["param", [{}, [], ["2t", "2t"], [["2t"]]]],
	["feature", ["x", 5, [], null, true]],
];

export const BAD_DOCUMENTS: readonly BadDocument[] = [
	...BAD_VALUES.flatMap(([key, values]) =>
		values.map((value) => ({
			name: `${key}: ${String(JSON.stringify(value)).slice(0, 60)}`,
			request: { ...GOOD, [key]: value },
			collection: "sample",
		})),
	),
	{ name: "null", request: null },
	{ name: "an empty text", request: "" },
	{ name: "blanks", request: " \n\t " },
	{ name: "an empty list", request: [] },
	{ name: "a list of requests", request: [GOOD, GOOD] },
	{ name: "YAML: a list of requests", request: "- a: 1\n- b: 2\n" },
	{ name: "YAML: a brace that is never closed", request: "{a: 1" },
	{ name: "YAML: a quote that is never closed", request: "a: 'x" },
	{ name: "YAML: an unknown alias", request: "a: *nobody" },
	{ name: "YAML: an alias of itself", request: "a: &a [*a]" },
	{ name: "YAML: a key twice", request: "class: od\nclass: ei\n" },
	{ name: "YAML: a key in two spellings", request: "class: od\nCLASS: ei\n" },
	{ name: "YAML: tabs for indentation", request: "a:\n\t- b\n\t\t- c: d" },
	{ name: "YAML: two documents", request: "a: 1\n---\nb: 2\n" },
	{
		name: "YAML: a tag that would run code",
		request: "!!python/object/apply:os.system ['id']",
	},
	{
		name: "YAML: a JavaScript function",
		request: "a: !!js/function 'function(){}'",
	},
	{
		name: "YAML: a merge key",
		request: "base: &b {class: od}\n<<: *b\ndate: x",
	},
	{ name: "YAML: a billion laughs", request: laughs() },
	{ name: "YAML: thousands of brackets", request: "[".repeat(20_000) },
	{
		name: "YAML: thousands of closed brackets",
		request: "[".repeat(5_000) + "]".repeat(5_000),
	},
	{ name: "YAML: thousands of dashes", request: "- ".repeat(20_000) },
	{ name: "YAML: a complex key", request: "? [a, b]\n: c" },
	{ name: "YAML: NUL", request: "a: x\u0000y" },
	{ name: "YAML: a control character", request: "a: x\u0007y" },
	{ name: "YAML: half a surrogate pair", request: "a: \ud800" },
	{ name: "YAML: a NUL that is escaped", request: 'a: "x\\0y"' },
	{ name: "NUL in a value", request: { a: "x\u0000y" } },
	{ name: "NUL in a key", request: { "a\u0000": "x" } },
	{ name: "half a surrogate pair", request: { a: "\udc00" } },
	{ name: "half a surrogate pair as a key", request: { "\ud800": "x" } },
	{ name: "an empty key", request: { "": "x" } },
	{ name: "a key in two spellings", request: { class: "od", Class: "ei" } },
	{ name: "forty levels", request: nested(40) },
	{ name: "thousands of levels", request: nested(5_000) },
	{ name: "too many values", request: { feature: Array(200_001).fill(1) } },
	{ name: "a number that is not exact", request: { a: 2 ** 60 } },
	{ name: "a whole number of 300 digits", request: { a: 1e300 } },
	{
		name: "a feature for a collection without",
		request: {
			...GOOD,
			feature: { type: "timeseries", points: [[1, 2]], axes: "step" },
		},
		collection: "whole",
	},
];
