import { DAY, parseDate } from "../mars/date.ts";
import { parseSteps } from "../mars/step.ts";
import type { Instant } from "./coverage.ts";
import { remember } from "./remember.ts";

export type Keys = Readonly<Record<string, string>>;

/** Seconds from the reference time to the end of the step; undefined where the data knows no step. */
export function stepSeconds({ step }: Keys): number | undefined {
	return step === undefined ? undefined : secondsOf(step);
}

const secondsOf = remember((step: string) => parseSteps(step)?.at(-1));
const dayOf = remember(parseDate);

/**
 * The reference time of a field, milliseconds since 1970: `date` and `time`; of a hindcast its `hdate`; of a monthly
 * mean that knows `year` and `month` only, the month's first moment.
 */
export function referenceMs(keys: Keys): number {
	const { date, hdate, time = "0000", year, month = "1" } = keys;
	const named = hdate ?? date;
	if (named === undefined && year !== undefined)
		return Date.UTC(Number(year), Number(month) - 1, 1);
	const day = dayOf(named ?? "");
	if (day === undefined) return 0;
	const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(2, 4));
	return day * DAY + minutes * 60_000;
}

/** When a field holds, milliseconds since 1970. */
export const validMs = (keys: Keys): number =>
	referenceMs(keys) + (stepSeconds(keys) ?? 0) * 1000;

/** ISO 8601 in UTC, whole seconds. */
export const isoTime = remember(
	(ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`,
);

/** When a field holds, for people and formats. */
export function instantOf(keys: Keys): Instant {
	const seconds = stepSeconds(keys);
	return {
		time: isoTime(validMs(keys)),
		step: seconds === undefined ? undefined : seconds / 3600,
	};
}

/** The level of a field, a number; undefined where it has none. */
export function levelOf({ levelist }: Keys): number | undefined {
	const level = levelist === undefined ? Number.NaN : Number(levelist);
	return Number.isNaN(level) ? undefined : level;
}
