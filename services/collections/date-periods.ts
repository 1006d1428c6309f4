import { dayOf, isDay, parseDate } from "../../hypercube/mars/date.ts";
import { type Range, splitValues } from "../../hypercube/mars/range.ts";
import { DateError, isRelative, readRange } from "./date-tokens.ts";
import { CollectionConfigError } from "./errors.ts";

/** Days from first to last, both included; `spans` tells a range from a date that is named by itself. */
interface Period {
	readonly first: number;
	readonly last: number;
	readonly spans: boolean;
}

/** A check of one date, list or range against MARS-style rules, any one of which may cover it. */
export function coverWith(
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
		(isRelative(token) ? dayOf(now) + Number(token) : Number.NaN);
	if (isDay(day)) return day;
	throw new DateError(`Invalid Mars date token: '${token}'`);
}
