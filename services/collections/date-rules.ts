import {
	DAY,
	dayOf,
	formatDate,
	isDay,
	parseDate,
} from "../../hypercube/mars/date.ts";
import { RequestError } from "../../hypercube/mars/errors.ts";
import {
	parseRange,
	type Range,
	splitValues,
} from "../../hypercube/mars/range.ts";
import { CollectionConfigError } from "./errors.ts";

/** The requested date is none that the rules allow. For the user. */
export class DateError extends Error {
	constructor(message: string) {
		super(message);
		this.name = "DateError";
	}
}

/**
 * Holds requested dates against a datasource's `date` rules. All in UTC, relative to `now`.
 *
 * Comparative rules (`>30d` older, `<5d` newer) must all hold; of MARS-style rules (`-1`, `-1/-5`, `-1/to/-20`,
 * `YYYYMMDD`) one is enough for each date, and one range has to hold a whole requested range.
 *
 * @param dates one date, `a/b`, `a/to/b[/by/c]` or a list
 * @throws {DateError} when a date is not allowed
 * @throws {CollectionConfigError} when the rules make no sense
 */
export function checkDates(
	dates: string | readonly string[],
	rules: readonly string[],
	now: Date,
): void {
	if (rules.length === 0) return;
	const comparative = rules.filter(isComparative);
	if (comparative.length > 0 && comparative.length < rules.length) {
		throw new CollectionConfigError(
			"date rules mix comparative rules (>30d) with MARS-style ones (-1/to/-20)",
		);
	}
	const asked = typeof dates === "string" ? [dates] : dates;
	const check =
		comparative.length > 0 ? compareWith(rules, now) : coverWith(rules, now);
	for (const date of asked) check(date);
}

const isComparative = (rule: string): boolean => /^\s*[<>]/.test(rule);

/** Each rule is one side of the time line, so the ends of a range stand for all of it. */
function compareWith(
	rules: readonly string[],
	now: Date,
): (date: string) => void {
	const comparisons = rules.map((rule) => parseComparison(rule, now));
	return (date) => {
		const range = readRange(date);
		for (const end of range ? [range.from, range.until] : splitValues(date)) {
			for (const comparison of comparisons)
				compare(instantOf(end, now), comparison);
		}
	};
}

interface Comparison {
	readonly older: boolean;
	/** Milliseconds since 1970. */
	readonly limit: number;
}

function parseComparison(rule: string, now: Date): Comparison {
	const found =
		/^\s*([<>])\s*(?:(\d{1,6})d)?\s*(?:(\d{1,6})h)?\s*(?:(\d{1,6})m)?\s*$/.exec(
			rule,
		);
	if (!found || (found[2] ?? found[3] ?? found[4]) === undefined) {
		throw new CollectionConfigError(
			`invalid date rule '${rule}', expected e.g. >30d or <1d2h30m`,
		);
	}
	const [days, hours, minutes] = found
		.slice(2)
		.map((part) => Number(part ?? 0));
	const age =
		(days ?? 0) * DAY + (hours ?? 0) * 3_600_000 + (minutes ?? 0) * 60_000;
	return { older: found[1] === ">", limit: now.getTime() - age };
}

function compare(instant: number, { older, limit }: Comparison): void {
	const bound = (): string => formatDate(dayOf(new Date(limit)));
	if (older && instant > limit)
		throw new DateError(`Date is too recent, expected < ${bound()}`);
	if (!older && instant <= limit)
		throw new DateError(`Date is too old, expected > ${bound()}`);
}

/** An absolute date is its midnight; a relative one keeps the time of day. */
function instantOf(token: string, now: Date): number {
	const day = parseDate(token);
	if (day !== undefined) return day * DAY;
	if (!/^(?:0|-\d{1,7})$/.test(token)) {
		throw new DateError("Invalid date, expected real date in YYYYMMDD format");
	}
	return now.getTime() + Number(token) * DAY;
}

/** Days from first to last, both included; `spans` tells a range from a date that is named by itself. */
interface Period {
	readonly first: number;
	readonly last: number;
	readonly spans: boolean;
}

function coverWith(
	rules: readonly string[],
	now: Date,
): (date: string) => void {
	const periods = rules.flatMap((rule) => parsePeriods(rule, now));
	const shown = `[${rules.join(", ")}]`;
	return (date) => {
		const range = readRange(date);
		if (range) return coverRange(range, periods, shown, now);
		for (const token of splitValues(date)) {
			const day = dayOfToken(token, date, now);
			if (periods.some((period) => holds(period, day))) continue;
			throw new DateError(
				`Date ${token} does not match any allowed date rule: ${shown}`,
			);
		}
	};
}

function coverRange(
	range: Range,
	periods: readonly Period[],
	shown: string,
	now: Date,
): void {
	const ends = [range.from, range.until].map((token) =>
		dayOfToken(token, token, now),
	);
	if (
		periods.some(
			(period) => period.spans && ends.every((end) => holds(period, end)),
		)
	)
		return;
	throw new DateError(
		`Date range ${range.from} to ${range.until} is not fully covered by any single allowed date rule: ${shown}`,
	);
}

const holds = ({ first, last }: Period, day: number): boolean =>
	first <= day && day <= last;

function parsePeriods(rule: string, now: Date): readonly Period[] {
	try {
		const range = readRange(rule);
		if (range?.by !== undefined)
			throw new DateError("'by' is not allowed in a date rule");
		if (!range) {
			return splitValues(rule)
				.map((token) => dayOfToken(token, rule, now))
				.map((day) => ({ first: day, last: day, spans: false }));
		}
		const [a, b] = [
			dayOfToken(range.from, rule, now),
			dayOfToken(range.until, rule, now),
		];
		return [{ first: Math.min(a, b), last: Math.max(a, b), spans: true }];
	} catch (error) {
		if (!(error instanceof DateError)) throw error;
		throw new CollectionConfigError(
			`invalid date rule '${rule}': ${error.message}`,
		);
	}
}

function dayOfToken(token: string, text: string, now: Date): number {
	if (token === "")
		throw new DateError(
			text.trim() === ""
				? "Empty date token"
				: `Invalid Mars date string: '${text}'`,
		);
	const day =
		parseDate(token) ??
		(/^(?:0|-\d{1,7})$/.test(token) ? dayOf(now) + Number(token) : Number.NaN);
	if (isDay(day)) return day;
	throw new DateError(`Invalid Mars date token: '${token}'`);
}

function readRange(date: string): Range | undefined {
	try {
		return parseRange("date", date);
	} catch (error) {
		if (error instanceof RequestError)
			throw new DateError("Invalid date range");
		throw error;
	}
}
