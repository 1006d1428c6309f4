import { formatDate, isDay } from "../../mars/date.ts";
import { formatStep } from "../../mars/step.ts";
import type { ArrayMeta } from "../format/meta.ts";
import { perHectopascal } from "./roles.ts";
import { secondsAt, timeScaleOf, unitSeconds } from "./times.ts";

/** A MARS key and its values, one for each index of a dimension. */
export interface KeyValues {
	readonly key: string;
	readonly values: readonly string[];
}

/** Seconds since 1970 of a coordinate of time. @throws Error that says what cannot be read */
export function timesOf(
	{ attributes }: ArrayMeta,
	numbers: Float64Array,
): number[] {
	const { units } = attributes;
	if (typeof units !== "string") throw new Error("has no units of time");
	const scale = timeScaleOf(units, attributes.calendar);
	return Array.from(numbers, (number) => secondsAt(number, scale));
}

/** Floats of hours and days may miss the minute by so many seconds. */
const tolerance = 5;

/** `date` and `time` (HHMM) of seconds since 1970. @throws Error for times that MARS cannot write */
export function dateAndTime(seconds: readonly number[]): KeyValues[] {
	const dates = new Map<number, string>();
	const times: string[] = [];
	const days = seconds.map((second) => {
		const minutes = Math.round(second / 60);
		if (Math.abs(minutes * 60 - second) > tolerance)
			throw new Error(
				`has times that are no whole minutes (${second} s since 1970)`,
			);
		const day = Math.floor(minutes / 1440);
		if (!isDay(day)) throw new Error(`has a time outside the years 1 to 9999`);
		times.push(clock(minutes - day * 1440));
		const date = dates.get(day) ?? formatDate(day);
		dates.set(day, date);
		return date;
	});
	return [
		{ key: "date", values: days },
		{ key: "time", values: times },
	];
}

const clocks: string[] = [];

/** HHMM, each text once: there may be a million of them. */
function clock(minutes: number): string {
	const known = clocks[minutes];
	if (known !== undefined) return known;
	const two = (number: number) => String(number).padStart(2, "0");
	const text = two(Math.floor(minutes / 60)) + two(minutes % 60);
	clocks[minutes] = text;
	return text;
}

/** Seconds of a coordinate of lead times; without units they are hours. @throws Error for units that are none of time */
export function leadsOf(
	{ attributes }: ArrayMeta,
	numbers: Float64Array,
): number[] {
	const unit =
		attributes.units === undefined ? 3600 : unitSeconds(attributes.units);
	if (unit === undefined)
		throw new Error(
			`has units that are none of a length of time: ${String(attributes.units)}`,
		);
	return Array.from(numbers, (number) => Math.round(number * unit));
}

/** `step` of seconds. @throws Error for negative ones */
export function steps(seconds: readonly number[]): KeyValues {
	const wrong = seconds.find((second) => !(second >= 0));
	if (wrong !== undefined)
		throw new Error(`has the step of ${wrong} s, which is none`);
	return {
		key: "step",
		values: seconds.map((second) => (second === 0 ? "0" : formatStep(second))),
	};
}

/** `levelist`: pressures in hPa, all else as it is. */
export function levels(
	{ attributes }: ArrayMeta,
	numbers: Float64Array,
): KeyValues {
	const per = perHectopascal(attributes.units) ?? 1;
	return {
		key: "levelist",
		values: Array.from(numbers, (number) => plain(number / per)),
	};
}

export function plainValues(key: string, numbers: Float64Array): KeyValues {
	return { key, values: Array.from(numbers, (number) => plain(number)) };
}

/** A number as people write it: what a float of four octets has beyond its own digits is left out. */
const plain = (number: number): string => String(shortest(number));

/** The number with the fewest digits that a float of four octets cannot tell from this one; itself, if it is none. */
export function shortest(number: number): number {
	if (Math.fround(number) !== number) return number;
	for (let digits = 6; digits <= 9; digits++) {
		const short = Number(number.toPrecision(digits));
		if (Math.fround(short) === number) return short;
	}
	return number;
}

/** MARS's type of level, where a coordinate tells it. */
export function levtypeOf({ name, attributes }: ArrayMeta): string | undefined {
	if (perHectopascal(attributes.units) !== undefined) return "pl";
	const text =
		`${name} ${String(attributes.standard_name ?? "")}`.toLowerCase();
	return /model_level|hybrid/.test(text) ? "ml" : undefined;
}
