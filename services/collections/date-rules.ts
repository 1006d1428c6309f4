import { compareWith } from "./date-comparisons.ts";
import { coverWith } from "./date-periods.ts";
import { CollectionConfigError } from "./errors.ts";

export { DateError } from "./date-tokens.ts";

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
