import { type Fields, numberOf, textOf } from "./fields.ts";
import type { Header2, TimeRange } from "./header2.ts";
import type { Mtg2 } from "./rules2.ts";
import { codeTables, grib2Tables } from "./tables.ts";
import {
	commonUnit,
	instant,
	interval,
	nothingIn,
	print,
	type Span,
	type Step,
	span,
} from "./times.ts";

/** Increment type 1: the same forecast time, start times apart; the interval is not one of forecast times. */
const sameForecastTime = 1;

/** Instant, accum, avg, …: what the inner loop's statistic makes of the message. */
export function stepType2({ ranges }: Header2, mtg2: Mtg2): string {
	const inner = ranges.at(-1);
	if (inner === undefined) return "instant";
	const text =
		grib2Tables().statisticalProcess[String(inner.statistic)] ?? "instant";
	return text === "avg" &&
		mtg2 === 0 &&
		inner.incrementType === sameForecastTime
		? "avgd"
		: text;
}

/** The forecast interval; undefined for templates without a forecast time. */
export function step2(
	{ fields, ranges }: Header2,
	mtg2: Mtg2,
): Step | undefined {
	const value = numberOf(fields, "forecastTime");
	if (value === undefined) return undefined;
	const coded = secondsOf(numberOf(fields, "indicatorOfUnitForForecastTime"));
	const start = span(value, coded);
	const inner = ranges.at(-1);
	if (inner === undefined) return instant(start);
	if (value === 0 && ranges.every((range) => range.length === 0))
		return nothingIn(coded, secondsOf(inner.unit));
	const unit = commonUnit(start, after(start, inner));
	const startText = print(start.seconds, unit);
	if (ranges.length > 2)
		return {
			start,
			end: undefined,
			startText,
			endText: "unavailable",
			range: "unavailable",
		};
	const chosen = chooseRange(fields, ranges, mtg2);
	if (chosen === "start") return interval(start, start, unit);
	if (chosen === undefined)
		return {
			start,
			end: undefined,
			startText,
			endText: undefined,
			range: undefined,
		};
	return interval(start, after(start, chosen), unit);
}

/** Which loop the interval spans; "start" when its end is its start. */
function chooseRange(
	fields: Fields,
	ranges: readonly TimeRange[],
	mtg2: Mtg2,
): TimeRange | "start" | undefined {
	const [outer, inner] = ranges;
	if (outer === undefined || inner === undefined) {
		const alone =
			mtg2 === 0 &&
			outer?.incrementType === sameForecastTime &&
			!isEra20cm(fields);
		return alone ? "start" : outer;
	}
	if (mtg2 === 0) return ranges.find((range) => range.incrementType === 2);
	return seconds(inner) > seconds(outer) ? inner : outer;
}

/** Class em, expver 1605, whose monthly means are coded so but do have an end. */
function isEra20cm(fields: Fields): boolean {
	const text = codeTables().marsClass[textOf(fields, "marsClass") ?? ""];
	return text === "em" && textOf(fields, "expver") === "1605";
}

function after(start: Span, range: TimeRange): Span {
	const length = span(range.length, secondsOf(range.unit));
	const total = start.seconds + length.seconds;
	return total === 0
		? { seconds: 0, unit: commonUnit(start, length) }
		: span(total, 1);
}

function seconds(range: TimeRange): number {
	return range.length * secondsOf(range.unit);
}

/** Seconds of a unit of time; an unknown code counts as hours. */
function secondsOf(unit: number | undefined): number {
	return codeTables().timeUnits.grib2[String(unit)]?.[1] ?? 3600;
}
