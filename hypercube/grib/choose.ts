import type { Fields } from "./fields.ts";

/** One condition's right side: a code, a text, `null` for "coded as missing", or the codes of all time ranges. */
export type Wanted = number | string | null | readonly number[];

/** One line of an ordered list: its value holds where every condition does. */
export interface Choice<T> {
	readonly value: T;
	readonly keys: readonly string[];
	readonly wanted: readonly Wanted[];
	/** Free tests besides the plain conditions, such as `is_one_of(type,'fc','em')`. */
	readonly tests: readonly Test[];
	/** How many conditions the line counts for; an array counts as many as it has elements. */
	readonly weight: number;
}

/** What conditions look at: codes of the header, texts of MARS keys, and the statistics of all time ranges. */
export interface Facts {
	readonly fields: Fields;
	/** Text of a key, for conditions and tests on texts (`stream`, `type`, `class`, `stepType`, `dataTime` …). */
	readonly texts: (key: string) => string | undefined;
	readonly statistics: readonly number[];
}

type Test = (facts: Facts) => boolean;

/** A line as the tables write it: `[value, conditions]`, `_` holding the free tests. */
export type RawChoice = readonly [
	string,
	Readonly<Record<string, Wanted | readonly (readonly string[])[]>>,
];

/** Reads lines of the tables. */
export function choices(raw: readonly RawChoice[]): Choice<string>[] {
	return raw.map(([value, conditions]) => {
		const { _: tests = [], ...plain } = conditions;
		const free = Array.isArray(tests)
			? tests.map((pair) => compileTest(String(pair[1])))
			: [];
		return choice(
			value,
			Object.entries(plain).flat() as (string | Wanted)[],
			free,
		);
	});
}

/** Makes one line of conditions given flat: `key, wanted, key, wanted …`. */
export function choice<T>(
	value: T,
	flat: readonly (string | Wanted)[],
	tests: readonly Test[] = [],
): Choice<T> {
	const keys = flat.filter((_, i) => i % 2 === 0).map(String);
	const wanted = flat.filter((_, i) => i % 2 === 1);
	const weight = wanted.reduce(
		(sum: number, one) => sum + (Array.isArray(one) ? one.length : 1),
		tests.length,
	);
	return { value, keys, wanted, tests, weight };
}

/**
 * The line with most conditions among those that hold; of equals the last, or the first where `first` says so.
 * Undefined when none holds.
 */
export function choose<T>(
	lists: readonly (readonly Choice<T>[])[],
	facts: Facts,
	first = false,
): Choice<T> | undefined {
	let best: Choice<T> | undefined;
	for (const list of lists) {
		for (const line of list) {
			const better =
				best === undefined ||
				line.weight > best.weight ||
				(!first && line.weight === best.weight);
			if (better && matches(line, facts)) best = line;
		}
	}
	return best;
}

function matches<T>(line: Choice<T>, facts: Facts): boolean {
	for (let i = 0; i < line.keys.length; i++) {
		const key = line.keys[i] ?? "";
		const want = line.wanted[i];
		if (typeof want === "number" || want === null) {
			if (facts.fields.get(key) !== want) return false;
		} else if (typeof want === "string") {
			if (facts.texts(key) !== want) return false;
		} else if (String(facts.statistics) !== String(want)) return false;
	}
	return line.tests.every((test) => test(facts));
}

function compileTest(source: string): Test {
	const [, name, inside = ""] = /^(\w+)\((.*)\)$/.exec(source) ?? [];
	const [key = "", ...values] = inside
		.split(",")
		.map((part) => part.trim().replace(/^['"]|['"]$/g, ""));
	if (name === "defined") return (facts) => facts.fields.has(key);
	const quoted = /['"]/.test(inside);
	return (facts) => {
		const value = quoted ? facts.texts(key) : facts.fields.get(key);
		return value !== undefined && values.includes(String(value));
	};
}
