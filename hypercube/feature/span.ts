import { formatDate, parseDate } from "../mars/date.ts";
import type { Value } from "../mars/document.ts";
import { isMapping } from "../mars/feature.ts";
import { parseRange } from "../mars/range.ts";
import { show } from "../mars/show.ts";
import { formatStep, parseStep } from "../mars/step.ts";
import { type Draft, written } from "./draft.ts";

/** Ends of a range and the increment, as their author wrote them. */
interface Written {
	readonly start: Value | undefined;
	readonly end: Value | undefined;
	readonly interval: Value | undefined;
}

/** A scale that a key's values lie on. */
interface Scale {
	readonly parse: (value: Value) => number | undefined;
	readonly format: (value: number) => string;
	readonly parseBy: (value: Value) => number | undefined;
}

/**
 * The feature's `range` as a value of the key in MARS language: `0/to/360`, all that the data has between the ends, or
 * `0/to/360/by/6`, which includes the end where it is met. Undefined where there is none, or with a fault.
 */
export function rangeOf(draft: Draft, key: string): string | undefined {
	const { range } = draft.feature;
	if (range === undefined) return undefined;
	const said = readRange(range, draft);
	const scale = SCALES.get(key) ?? NUMBERS;
	if (!said) return undefined;
	const start = endOf(draft, "start", said.start, scale);
	const end = endOf(draft, "end", said.end, scale);
	const by = incrementOf(draft, said.interval, scale);
	if (start === undefined || end === undefined || draft.faults.any)
		return undefined;
	const [low, high] = start <= end ? [start, end] : [end, start];
	return formatSpan({ low, high, by }, scale, draft.options.compatible);
}

/** `{start, end, interval}`, a list of these, or text in MARS language. */
function readRange(range: Value, { faults }: Draft): Written | undefined {
	if (typeof range === "string") {
		const parsed = /\bto\b/i.test(range)
			? parseRange("range", range)
			: undefined;
		if (parsed)
			return { start: parsed.from, end: parsed.until, interval: parsed.by };
	}
	if (Array.isArray(range) && (range.length === 2 || range.length === 3))
		return { start: range[0], end: range[1], interval: range[2] };
	if (!isMapping(range))
		return faults.add(
			`range must have start and end, and may have interval, got ${written(range)}`,
		);
	const { start, end, interval, ...rest } = range;
	for (const key of Object.keys(rest))
		faults.add(`range knows no key ${show(key)}, only start, end and interval`);
	return { start, end, interval };
}

function endOf(
	{ faults }: Draft,
	name: "start" | "end",
	value: Value | undefined,
	scale: Scale,
): number | undefined {
	if (value === undefined) return faults.add(`range has no ${name}`);
	if (typeof value === "number" && value < 0)
		return faults.add(`range ${name} must not be less than 0, got ${value}`);
	const parsed = scale.parse(value);
	return parsed === undefined
		? faults.add(`range ${name} ${written(value)} is not understood`)
		: parsed;
}

function incrementOf(
	{ faults }: Draft,
	value: Value | undefined,
	scale: Scale,
): number | undefined {
	if (value === undefined || value === null) return undefined;
	const by = scale.parseBy(value);
	if (by === undefined || !(by > 0))
		return faults.add(
			`range interval must be greater than 0, got ${written(value)}`,
		);
	// As in Polytope: every step, day or level that there is.
	return value === 1 || value === "1" ? undefined : by;
}

function formatSpan(
	span: { low: number; high: number; by: number | undefined },
	{ format }: Scale,
	compatible = false,
): string {
	const { low, high, by } = span;
	if (by === undefined) return `${format(low)}/to/${format(high)}`;
	const until = compatible ? lastBefore(low, high, by) : high;
	return `${format(low)}/to/${format(until)}/by/${format(by)}`;
}

/** Polytope's increments leave the end out. */
const lastBefore = (low: number, high: number, by: number): number =>
	low + by * Math.max(0, Math.ceil((high - low) / by) - 1);

const plain = (value: Value): number | undefined => {
	const number =
		typeof value === "string" && value.trim() !== "" ? Number(value) : value;
	return typeof number === "number" && Number.isFinite(number)
		? number
		: undefined;
};

const NUMBERS: Scale = {
	parse: plain,
	format: (value) => decimalText(value, Math.round),
	parseBy: plain,
};

const seconds = (value: Value): number | undefined =>
	typeof value === "number"
		? Math.round(value * 3600)
		: parseStep(show(value).trim());

const STEPS: Scale = {
	parse: seconds,
	format: (value) => formatStep(value),
	parseBy: seconds,
};

/** Days; the increment counts days. */
const DATES: Scale = {
	parse: (value) => parseDate(show(value).trim()),
	format: (value) => formatDate(value),
	parseBy: plain,
};

const SCALES: ReadonlyMap<string, Scale> = new Map([
	["step", STEPS],
	["date", DATES],
	["hdate", DATES],
]);

/** Decimals as MARS language takes them: six at most, the rest rounded. */
export function decimalText(
	value: number,
	round: (value: number) => number,
): string {
	const millionths = value * 1e6;
	const nearest = Math.round(millionths);
	const whole =
		Math.abs(millionths - nearest) < 1e-3 ? nearest : round(millionths);
	return String(whole / 1e6);
}
