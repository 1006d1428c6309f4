import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocument } from "./document.ts";
import { RequestError } from "./errors.ts";

const mapping = (posted: unknown) => {
	const document = parseDocument(posted);
	return document.kind === "mapping"
		? JSON.parse(JSON.stringify(document.value))
		: undefined;
};

describe("text", () => {
	test.each([
		["expver: 0099", { expver: "0099" }],
		["time: 0800", { time: "0800" }],
		["georef: 1e3", { georef: "1e3" }],
		["time: 08:00", { time: "08:00" }],
		["date: 2024-01-02", { date: "2024-01-02" }],
		["x: y", { x: "y" }],
		["timespan: null", { timespan: "null" }],
		["{'class': 'od', \"step\": [0, 6]}", { class: "od", step: ["0", "6"] }],
		["a: &x [1, 2]\nb: *x", { a: ["1", "2"], b: ["1", "2"] }],
		[
			"a: &x {p: 1}\nb: {<<: *x, q: 2}",
			{ a: { p: "1" }, b: { p: "1", q: "2" } },
		],
	])("%j stays as written", (text, expected) => {
		expect(mapping(text)).toEqual(expected);
	});

	test.each([
		["10", "10"],
		["hello world", "hello world"],
		["stream = oper, levtype = sfc", "stream = oper, levtype = sfc"],
	])("%j is a scalar", (posted, text) => {
		expect(parseDocument(posted)).toEqual({ kind: "scalar", text });
	});

	test.each([
		["", "empty"],
		["# nothing", "not valid|empty"],
		["a: 1\na: 2", "duplicated mapping key \\(line 2, column 1\\)"],
		["- a: 1\n- a: 2", "list of requests"],
		["a: 1\n---\nb: 2", "single document"],
		["a: [1", "not valid YAML"],
		["a: !!python/object:os.system x", "tag"],
		["a: *nowhere", "not valid YAML"],
		["a: &a [*a]", "nested deeper"],
		[`a: ${"[".repeat(40)}${"]".repeat(40)}`, "not valid YAML"],
		[`a: ${"x".repeat(1 << 20)}`, "longer than"],
	])("%.40j is refused", (posted, reason) => {
		expect(() => parseDocument(posted)).toThrow(new RegExp(reason));
		expect(() => parseDocument(posted)).toThrow(RequestError);
	});

	test("a billion laughs is refused before it is told", () => {
		const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
		for (let i = 1; i < 12; i++)
			lines.push(
				`a${i}: &a${i} [${Array(10)
					.fill(`*a${i - 1}`)
					.join(", ")}]`,
			);
		expect(() => parseDocument(lines.join("\n"))).toThrow(
			"more than 200000 values",
		);
	});

	test("long strings repeated by aliases are counted as often", () => {
		const text = `a: &a ${"x".repeat(100_000)}\nb: [${Array(20).fill("*a").join(", ")}]`;
		expect(() => parseDocument(text)).toThrow("longer than");
	});
});

describe("JSON", () => {
	test("numbers and booleans stay", () => {
		expect(mapping({ step: 0, x: true, n: null, list: [1, "2"] })).toEqual({
			step: 0,
			x: true,
			n: null,
			list: [1, "2"],
		});
	});

	test.each([
		[7, "7"],
		[true, "true"],
	])("%j is a scalar", (posted, text) => {
		expect(parseDocument(posted)).toEqual({ kind: "scalar", text });
	});

	test.each([
		[null],
		[[]],
		[undefined],
		[{ a: Number.NaN }],
		[{ a: Number.POSITIVE_INFINITY }],
		[{ a: "\0" }],
		[{ "\ud800": 1 }],
		[{ a: new Date(0) }],
		[Array(200_001).fill(1)],
		[{ a: Array(200_001).fill(1) }],
	])("refuses a value that is no request (%#)", (posted) => {
		expect(() => parseDocument(posted)).toThrow(RequestError);
	});

	test("depth is bounded", () => {
		const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`);
		expect(() => parseDocument(deep)).toThrow("nested deeper than 32 levels");
	});
});

describe("keys of JavaScript's own", () => {
	test.each([
		['{"__proto__": {"x": "1"}, "constructor": "2"}'],
		["__proto__: {x: 1}\nconstructor: 2"],
	])("%s", (text) => {
		for (const posted of text.startsWith("{")
			? [text, JSON.parse(text)]
			: [text]) {
			const document = parseDocument(posted);
			if (document.kind !== "mapping") throw new Error("expected a mapping");
			expect(Object.getPrototypeOf(document.value)).toBeNull();
			expect(Object.keys(document.value)).toEqual(["__proto__", "constructor"]);
			expect(Object.hasOwn({}, "x") || "x" in {}).toBe(false);
		}
	});
});

describe("whatever comes", () => {
	const onlyRequestError = (posted: unknown) => {
		try {
			parseDocument(posted);
		} catch (error) {
			if (!(error instanceof RequestError)) throw error;
			expect(error.faults.length).toBeGreaterThan(0);
		}
	};

	test("any value", () => {
		fc.assert(
			fc.property(
				fc.anything({ withNullPrototype: true, withSparseArray: true }),
				onlyRequestError,
			),
		);
	});

	test("any text", () => {
		fc.assert(fc.property(fc.string({ unit: "binary" }), onlyRequestError));
	});

	test("text made of what YAML is made of", () => {
		const piece = fc.constantFrom(
			..."abc:-? [],{}&*!|>'\"%@#\n\t\\0<~.",
			"<<: *a",
			"&a ",
			"*a",
			"---\n",
			"!!map ",
			": ",
			"- ",
		);
		const text = fc
			.array(piece, { maxLength: 60 })
			.map((pieces) => pieces.join(""));
		fc.assert(fc.property(text, onlyRequestError), { numRuns: 2000 });
	});
});
