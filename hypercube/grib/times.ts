/**
 * Forecast times as MARS prints them: in whole hours where they are whole hours (`12`), else in minutes (`90m`) or
 * seconds (`45s`).
 */
export interface Span {
	readonly seconds: number;
	/** Seconds of the unit it prints in: 3600, 60 or 1. */
	readonly unit: number;
}

/** Letters of units; those above an hour stand only beside a zero that is coded in them. */
const letters = new Map([
	[3600, ""],
	[60, "m"],
	[1, "s"],
	[10800, "x3h"],
	[21600, "x6h"],
	[43200, "x12h"],
	[86400, "D"],
	[2592000, "M"],
	[31536000, "Y"],
]);

/**
 * A time in its best unit, the largest of hour, minute and second that divides it. Zero keeps the unit it is
 * coded in when that is an hour or less.
 */
export function span(value: number, unitSeconds: number): Span {
	const seconds = value * unitSeconds;
	if (seconds === 0) return { seconds, unit: Math.min(unitSeconds, 3600) };
	return {
		seconds,
		unit: seconds % 3600 === 0 ? 3600 : seconds % 60 === 0 ? 60 : 1,
	};
}

/** The unit that both ends of an interval print in. */
export function commonUnit(a: Span, b: Span): number {
	if (a.seconds === 0 && b.seconds === 0) return Math.max(a.unit, b.unit);
	if (a.seconds === 0) return b.unit;
	if (b.seconds === 0) return a.unit;
	return Math.min(a.unit, b.unit);
}

/** Zero in the larger of two coded units: how an interval of no length at the very start prints. */
export function nothingIn(unitA: number, unitB: number): Step {
	return instant({ seconds: 0, unit: Math.max(unitA, unitB) });
}

/** The time in a unit: hours bare, others with their letter. Falls back to the best unit where it does not fit. */
export function print(seconds: number, unit: number): string {
	const fits = seconds % unit === 0 ? unit : span(seconds, 1).unit;
	return `${seconds / fits}${letters.get(fits) ?? "s"}`;
}

/** Forecast interval of a message; `end` is undefined where the header does not say one. */
export interface Step {
	readonly start: Span;
	readonly end: Span | undefined;
	/** What `endStep` and `startStep` print as, in their common unit. */
	readonly endText: string | undefined;
	readonly startText: string;
	/** `12`, `0-12`, `0m-15m`. */
	readonly range: string | undefined;
}

/** A moment: start and end are one. */
export function instant(at: Span): Step {
	const text = print(at.seconds, at.unit);
	return { start: at, end: at, startText: text, endText: text, range: text };
}

/** From `start` to `end`, both printed in `unit`. */
export function interval(start: Span, end: Span, unit: number): Step {
	const startText = print(start.seconds, unit);
	const endText = print(end.seconds, unit);
	return {
		start,
		end,
		startText,
		endText,
		range: startText === endText ? endText : `${startText}-${endText}`,
	};
}
