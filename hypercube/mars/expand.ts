import type { Coerced } from "./coerce.ts";
import { formatDate, parseDate } from "./date.ts";
import { RequestError } from "./errors.ts";
import { isMapping } from "./feature.ts";
import { isFreeText } from "./keys.ts";
import { parseRange, type Range, splitValues } from "./range.ts";
import { formatStep, parseSteps } from "./step.ts";

/** How many values one key may stand for. */
const MAX_VALUES = 1_000_000;

/** A scale that values of a key lie on: what `a/to/b/by/c` counts along. */
interface Scale {
	readonly parse: (text: string) => number | undefined;
	readonly format: (value: number) => string;
	readonly parseBy: (text: string) => number | undefined;
	/** The increment where none is given. */
	readonly by: number;
}

const DATES: Scale = {
	parse: parseDate,
	format: formatDate,
	parseBy: whole,
	by: 1,
};

/** In minutes; `by` is `6` (hours) or `0600`. */
const TIMES: Scale = {
	parse: parseTime,
	format: (minutes) => `${pad(Math.floor(minutes / 60))}${pad(minutes % 60)}`,
	parseBy: parseTime,
	by: 60,
};

/** Counted in millionths, so that `0.1/to/0.3/by/0.1` ends at 0.3. */
const NUMBERS: Scale = {
	parse: decimal,
	format: (millionths) => String(millionths / 1e6),
	parseBy: decimal,
	by: 1e6,
};

const SCALES: ReadonlyMap<string, Scale> = new Map([
	["date", DATES],
	["hdate", DATES],
	["time", TIMES],
	...[
		"number",
		"levelist",
		"year",
		"month",
		"day",
		"fcmonth",
		"direction",
		"frequency",
		"realization",
	].map((key): [string, Scale] => [key, NUMBERS]),
]);

/**
 * Every value that each key asks for, in the request's own order, lists and ranges written out.
 *
 * Mappings (`feature`) are left out: they are no lists of values.
 *
 * @throws {RequestError} naming every key that cannot be written out
 */
export function expand(
	request: Coerced,
): Readonly<Record<string, readonly string[]>> {
	const expanded: Record<string, readonly string[]> = Object.create(null);
	const faults: string[] = [];
	for (const [key, value] of Object.entries(request)) {
		if (isMapping(value)) continue;
		try {
			expanded[key] = expandKey(key, value);
		} catch (error) {
			if (!(error instanceof RequestError)) throw error;
			faults.push(...error.faults);
		}
	}
	if (faults.length > 0) throw new RequestError(faults);
	return expanded;
}

/**
 * The values one key asks for, each in its canonical spelling, none twice.
 *
 * Ranges count up or down, include their end where it is hit, and go by 1 (day, hour, level, member) unless they say otherwise.
 *
 * @throws {RequestError} for a range that is none, or more than `limit` values
 */
export function expandKey(
	key: string,
	value: string | readonly string[],
	limit = MAX_VALUES,
): readonly string[] {
	if (typeof value !== "string")
		return unique(value.flatMap((item) => expandKey(key, item, limit)));
	if (isFreeText(key)) return [value];
	const range = parseRange(key, value);
	if (range) return expandRange(key, range, limit);
	const parts = splitValues(value);
	if (parts.length > limit) throw tooMany(key, limit);
	return unique(parts.map((part) => canonical(key, part)));
}

function canonical(key: string, text: string): string {
	if (text === "") throw new RequestError([`Empty value for key '${key}'`]);
	if (key === "step")
		return parseSteps(text)?.map(formatStep).join("-") ?? text;
	const scale = SCALES.get(key);
	const value = scale?.parse(text);
	return scale === undefined || value === undefined
		? text
		: scale.format(value);
}

function expandRange(
	key: string,
	range: Range,
	limit: number,
): readonly string[] {
	if (key === "step") return expandSteps(range, limit);
	const scale = SCALES.get(key);
	if (!scale)
		throw new RequestError([
			`Key '${key}' takes no ranges, got '${range.from}/to/${range.until}'`,
		]);
	const from = scale.parse(range.from);
	const until = scale.parse(range.until);
	const by = range.by === undefined ? scale.by : scale.parseBy(range.by);
	if (from === undefined || until === undefined || by === undefined)
		throw invalid(key, range);
	return series(key, from, until, by, limit).map(scale.format);
}

/** Points (`0/to/24`) go by one hour, intervals (`0-6/to/18-24`) by their own length, minutes (`0m/to/60m`) by one minute. */
function expandSteps(range: Range, limit: number): readonly string[] {
	const from = parseSteps(range.from);
	const until = parseSteps(range.until);
	const [start = 0, end = start] = from ?? [];
	const [lastStart = 0, lastEnd = lastStart] = until ?? [];
	const length = end - start;
	if (!from || from.length !== until?.length || lastEnd - lastStart !== length)
		throw invalid("step", range);
	const by =
		range.by === undefined
			? length || finest(range)
			: parseSteps(range.by)?.[0];
	if (by === undefined) throw invalid("step", range);
	const starts = series("step", start, lastStart, by, limit);
	return starts.map((point) =>
		(from.length === 1 ? [point] : [point, point + length])
			.map(formatStep)
			.join("-"),
	);
}

function finest({ from, until }: Range): number {
	if (/s/.test(from + until)) return 1;
	return /m/.test(from + until) ? 60 : 3600;
}

function series(
	key: string,
	from: number,
	until: number,
	by: number,
	limit: number,
): readonly number[] {
	if (by === 0)
		throw new RequestError([`A range of key '${key}' cannot go by 0`]);
	const count = Math.floor(Math.abs(until - from) / Math.abs(by)) + 1;
	if (count > limit) throw tooMany(key, limit);
	const increment = until < from ? -Math.abs(by) : Math.abs(by);
	return Array.from({ length: count }, (_, index) => from + index * increment);
}

function parseTime(text: string): number | undefined {
	const found = /^(\d{1,2})(?::?(\d{2}))?(?::00)?$/.exec(text);
	const minutes = Number(found?.[1]) * 60 + Number(found?.[2] ?? 0);
	return found && Number(found[2] ?? 0) < 60 && minutes < 1440
		? minutes
		: undefined;
}

function decimal(text: string): number | undefined {
	return /^-?\d{1,9}(?:\.\d{1,6})?$/.test(text)
		? Math.round(Number(text) * 1e6)
		: undefined;
}

function whole(text: string): number | undefined {
	return /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

const pad = (number: number): string => String(number).padStart(2, "0");
const unique = (values: readonly string[]): readonly string[] => [
	...new Set(values),
];

function invalid(key: string, range: Range): RequestError {
	const by = range.by === undefined ? "" : `/by/${range.by}`;
	return new RequestError([
		`Invalid range for key '${key}': ${range.from}/to/${range.until}${by}`,
	]);
}

const tooMany = (key: string, limit: number): RequestError =>
	new RequestError([`Key '${key}' asks for more than ${limit} values`]);
