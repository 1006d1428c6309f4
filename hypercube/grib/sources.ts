import { addDays, addHours, firstOfMonth, ymd } from "./dates.ts";
import { type Fields, numberOf, textOf } from "./fields.ts";
import type { Step } from "./times.ts";
import { waveDomain } from "./wavedomain.ts";

/** What the sources of stream.type rules are derived from. */
export interface Origin {
	readonly edition: 1 | 2;
	readonly fields: Fields;
	/** Reference date YYYYMMDD and time HHMM; the date is undefined for climate dates, which have no year. */
	readonly date: number | undefined;
	readonly time: string;
	readonly dateText: string;
	readonly centre: string;
	readonly step: Step | undefined;
	/** Sources of one edition only. */
	readonly own: (name: string) => string | undefined;
}

type Source = (origin: Origin) => string | number | undefined;

const sources: Readonly<Record<string, Source>> = {
	centre: (o) => o.centre,
	dataDate: (o) => o.dateText,
	dataTime: (o) => o.time,
	year: (o) => (o.date === undefined ? undefined : Math.floor(o.date / 10000)),
	month: (o) =>
		o.date === undefined ? undefined : Math.floor(o.date / 100) % 100,
	endStep: (o) => o.step?.endText,
	startStep: (o) => o.step?.startText,
	stepRange: (o) => o.step?.range,
	stepRangeFrom24Later: (o) => from24Later(o.step),
	globalDomain: () => "g",
	perturbationNumber: (o) =>
		numberOf(o.fields, "perturbationNumber") ?? numberOf(o.fields, "number"),
	number: (o) =>
		numberOf(o.fields, "number") ?? numberOf(o.fields, "perturbationNumber"),
	quantile: (o) => pair(o.fields, "number", "ensembleSize"),
	"verificationDate(startStep)": (o) =>
		verificationDate(o, o.step?.start.seconds),
	"firstOfMonth(verificationDate(endStep))": (o) => {
		const date = verificationDate(o, o.step?.end?.seconds);
		return date === undefined ? undefined : firstOfMonth(date);
	},
	validityDate: (o) => validity(o)?.date,
	validityTime: (o) => validity(o)?.time,
	dateOfAnalysis: (o) => dateIn(o.fields, "OfAnalysis"),
	timeOfAnalysis: (o) => timeIn(o.fields, "OfAnalysis"),
	dateOfModelVersion: (o) => dateIn(o.fields, "OfModelVersion"),
	dateOfForecast: (o) => dateIn(o.fields, "OfForecast"),
	timeOfForecast: (o) => timeIn(o.fields, "OfForecast"),
	indexingTime: (o) => textOf(o.fields, "indexingTime")?.padStart(4, "0"),
	fcperiod: (o) =>
		o.step?.end === undefined
			? undefined
			: `${days(o.step.start)}-${days(o.step.end)}`,
	obscutoff,
	waveDomain: (o) => waveDomain(o.edition, o.fields),
	dayOfTheYearDate: (o) =>
		o.date === undefined ? undefined : dayOfYear(o.date),
};

/** The value of a source as text; undefined when the message does not have it. */
export function sourceOf(origin: Origin, name: string): string | undefined {
	const own = origin.own(name);
	if (own !== undefined) return own;
	const derived = Object.hasOwn(sources, name) ? sources[name] : undefined;
	const value =
		derived === undefined ? textOf(origin.fields, name) : derived(origin);
	return value === undefined ? undefined : String(value);
}

function days(span: { seconds: number }): number {
	return Math.floor(span.seconds / 86400);
}

function verificationDate(
	o: Origin,
	seconds: number | undefined,
): number | undefined {
	if (o.date === undefined || seconds === undefined) return undefined;
	return addDays(
		o.date,
		Math.floor((Number(o.time.slice(0, 2)) + seconds / 3600) / 24),
	);
}

function validity(o: Origin): { date: number; time: string } | undefined {
	const seconds = o.step?.end?.seconds;
	return o.date === undefined || seconds === undefined
		? undefined
		: addHours(o.date, o.time, seconds / 3600);
}

function from24Later(step: Step | undefined): string | undefined {
	if (step?.end === undefined) return undefined;
	const start = step.start.seconds / 3600 + 24;
	const end = step.end.seconds / 3600;
	return start === end ? String(end) : `${start}-${end}`;
}

function pair(fields: Fields, a: string, b: string): string | undefined {
	const [left, right] = [textOf(fields, a), textOf(fields, b)];
	return left === undefined || right === undefined
		? undefined
		: `${left}:${right}`;
}

/** `yearOf…` has two octets, or one with a century beside it. */
function dateIn(fields: Fields, suffix: string): number | undefined {
	const year =
		numberOf(fields, `year${suffix}`) ?? numberOf(fields, `Year${suffix}`);
	const month =
		numberOf(fields, `month${suffix}`) ?? numberOf(fields, `Month${suffix}`);
	const day =
		numberOf(fields, `day${suffix}`) ?? numberOf(fields, `Day${suffix}`);
	if (year === undefined || month === undefined || day === undefined)
		return undefined;
	const century = numberOf(fields, `century${suffix}`);
	return ymd(
		century === undefined ? year : (century - 1) * 100 + year,
		month,
		day,
	);
}

function timeIn(fields: Fields, suffix: string): string | undefined {
	const hour =
		numberOf(fields, `hour${suffix}`) ?? numberOf(fields, `Hour${suffix}`);
	const minute =
		numberOf(fields, `minute${suffix}`) ?? numberOf(fields, `Minute${suffix}`);
	if (hour === undefined || minute === undefined) return undefined;
	return String(hour * 100 + minute).padStart(4, "0");
}

/** Hours after the cut-off, less the window's offset, never below zero; HHMM. */
function obscutoff(o: Origin): string | undefined {
	const hours = numberOf(o.fields, "hoursAfterDataCutoff");
	// GRIB 1 has no such field, and prints zero.
	if (hours === undefined) return o.edition === 1 ? "0000" : undefined;
	const offset = numberOf(o.fields, "offsetToEndOf4DvarWindow") ?? 0;
	const minutes = numberOf(o.fields, "minutesAfterDataCutoff") ?? 0;
	return String(Math.max(0, hours - offset) * 100 + minutes).padStart(4, "0");
}

/** Months of thirty days: 1 February is day 031. */
function dayOfYear(date: number): string {
	const day = ((Math.floor(date / 100) % 100) - 1) * 30 + (date % 100);
	return `${Math.floor(date / 10000)}-${String(day).padStart(3, "0")}`;
}
