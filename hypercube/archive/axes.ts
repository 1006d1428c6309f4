import { RequestError } from "../mars/errors.ts";
import { canonical, comparatorOf, impliedValues } from "./canonical.ts";
import { type Catalogue, canonicalValues } from "./catalogue.ts";
import { type FileIndex, paramColumn } from "./columns.ts";

/**
 * Whatever values of a key there are in a closed interval, or all where no interval is given: it asks for nothing that
 * is not there, unless nothing is.
 */
export interface Span {
	readonly from?: string;
	readonly until?: string;
}

/** MARS keys with their values, ranges and lists expanded, in the order wanted; or the span that they lie in. */
export type GribRequest = Readonly<Record<string, readonly string[] | Span>>;

/** Which values each key has: of an archive, or of another kind of hypercube. */
export type Values = Pick<Catalogue, "keys" | "has" | "ranks" | "meaning">;

/** One key of the hypercube, with the order its values are wanted in. */
export interface Axis {
	readonly key: string;
	/** Whether the request names values of the key. If not, every value (of a span) is taken, ascending. */
	readonly requested: boolean;
	/** The values as the request writes them, each once; empty where it does not name the key. */
	readonly texts: readonly string[];
	/** The place of each value, in its one spelling. */
	readonly ranks: ReadonlyMap<string, number>;
	/** The place of a message without the key; -1: it is not wanted. */
	readonly absent: number;
}

/** The inner axes, outermost first. All other keys lie outside them, in the order of their names. */
const nested = ["date", "hdate", "time", "number", "step", "levelist", "param"];

/** Faults that are told one by one. */
const told = 20;

const most = (faults: readonly string[]): readonly string[] =>
	faults.length > told
		? [...faults.slice(0, told), `and ${faults.length - told} more`]
		: faults;

/**
 * The axes of an archive in the order results are nested.
 * @throws RequestError for keys that no message of the archive has, and for keys without a value.
 */
export function axesOf(catalogue: Values, request: GribRequest): Axis[] {
	const faults = Object.entries(request).flatMap(([key, values]) => {
		if ("length" in values && values.length === 0)
			return [`key '${key}' has no value`];
		const known = catalogue.has(key) || Object.hasOwn(impliedValues, key);
		return known ? [] : [`unknown key '${key}'`];
	});
	if (faults.length > 0) throw new RequestError(most(faults));
	const keys = new Set([...catalogue.keys, ...Object.keys(request).sort()]);
	const outer = [...keys].filter((key) => !nested.includes(key));
	const inner = nested.filter((key) => keys.has(key));
	return [...outer, ...inner].map((key) =>
		axisOf(catalogue, key, request[key]),
	);
}

function axisOf(
	catalogue: Values,
	key: string,
	values: readonly string[] | Span | undefined,
): Axis {
	const open = { key, requested: false, texts: [] };
	if (!values) return { ...open, ranks: catalogue.ranks(key), absent: 0 };
	if (!("length" in values))
		return { ...open, ranks: ranksWithin(catalogue, key, values), absent: -1 };
	const ranks = new Map<string, number>();
	const texts: string[] = [];
	for (const text of values) {
		const fresh = catalogue
			.meaning(key, text)
			.filter((value) => !ranks.has(value));
		if (fresh.length === 0) continue;
		for (const value of fresh) ranks.set(value, texts.length);
		texts.push(text);
	}
	const implied = impliedValues[key];
	const absent = (implied === undefined ? undefined : ranks.get(implied)) ?? -1;
	return { key, requested: true, texts, ranks, absent };
}

/** The places of the values that lie in a span, ascending. @throws RequestError where there are none. */
function ranksWithin(
	catalogue: Values,
	key: string,
	{ from, until }: Span,
): ReadonlyMap<string, number> {
	const all = [...catalogue.ranks(key)];
	if (from === undefined || until === undefined) return new Map(all);
	const compare = comparatorOf(key);
	const [low = "", high = ""] = [from, until]
		.map((end) => canonical(key, end))
		.sort(compare);
	const within = all.filter(
		([value]) => compare(low, value) <= 0 && compare(value, high) <= 0,
	);
	if (within.length > 0) return new Map(within);
	const [first = "", last = ""] = [all[0]?.[0], all.at(-1)?.[0]];
	throw new RequestError([
		`no value of key '${key}' lies between ${from} and ${until}: there are values from ${first} to ${last}`,
	]);
}

/** The places of a file's codes on an axis, by code; -1: not wanted. Undefined where no message of the file is. */
export function ranksIn(axis: Axis, index: FileIndex): Int32Array | undefined {
	const column = columnOf(axis, index);
	if (!column) return axis.absent < 0 ? undefined : Int32Array.of(axis.absent);
	const ranks = canonicalValues(axis.key, column).map(
		(value) => axis.ranks.get(value) ?? -1,
	);
	if (axis.absent < 0 && ranks.every((rank) => rank < 0)) return undefined;
	return Int32Array.of(axis.absent, ...ranks);
}

export const columnOf = (axis: Axis, index: FileIndex) =>
	index.columns.get(axis.key === "param" ? paramColumn : axis.key);
