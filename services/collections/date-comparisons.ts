import {
	DAY,
	dayOf,
	formatDate,
	parseDate,
} from "../../hypercube/mars/date.ts";
import { splitValues } from "../../hypercube/mars/range.ts";
import { DateError, isRelative, readRange } from "./date-tokens.ts";
import { CollectionConfigError } from "./errors.ts";

/**
 * A check of one date, list or range against rules like `>30d`, all of which must hold.
 *
 * Each rule is one side of the time line, so the ends of a range stand for all of it.
 */
export function compareWith(
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
	if (!isRelative(token)) {
		throw new DateError("Invalid date, expected real date in YYYYMMDD format");
	}
	return now.getTime() + Number(token) * DAY;
}
