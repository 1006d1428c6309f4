/** Milliseconds of a unit of time, as UDUNITS spells it. */
const milliseconds: ReadonlyMap<string, number> = new Map(
	(
		[
			["days day d", 86_400_000],
			["hours hour hrs hr h", 3_600_000],
			["minutes minute mins min", 60_000],
			["seconds second secs sec s", 1000],
			["milliseconds millisecond msecs msec ms", 1],
			["microseconds microsecond us", 1e-3],
			["nanoseconds nanosecond ns", 1e-6],
		] as const
	).flatMap(([names, length]) =>
		names.split(" ").map((name): [string, number] => [name, length]),
	),
);

/** Seconds of a unit; undefined for what is none. */
export function unitSeconds(unit: unknown): number | undefined {
	if (typeof unit !== "string") return undefined;
	const found = milliseconds.get(unit.trim().toLowerCase());
	return found === undefined ? undefined : found / 1000;
}

export const isSince = (units: unknown): units is string =>
	typeof units === "string" && /\ssince\s/i.test(units);

const since =
	/^\s*(\w+)\s+since\s+(-?\d{1,4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?)?)?\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?\s*$/i;

const calendars = ["standard", "gregorian", "proleptic_gregorian"];

/** The first day of the Gregorian calendar. */
const reform = Date.UTC(1582, 9, 15);

/** A scale of time: when it begins, and how long its unit is. Milliseconds. */
export interface TimeScale {
	readonly origin: number;
	readonly unit: number;
}

/**
 * Reads `hours since 1900-01-01 00:00:00.0` (CF conventions 4.4). In the calendar `standard` a date before October 15th
 * 1582 is one of the Julian calendar.
 * @throws Error that says what cannot be read
 */
export function timeScaleOf(units: string, calendar: unknown): TimeScale {
	const name =
		typeof calendar === "string" ? calendar.toLowerCase() : "standard";
	if (!calendars.includes(name))
		throw new Error(
			`the calendar ${name} is not read (only ${calendars.join(", ")})`,
		);
	const [, unitName = "", year, month, day, hour, minute, second, zone] =
		since.exec(units) ?? [];
	const unit = milliseconds.get(unitName.toLowerCase());
	if (unit === undefined || year === undefined)
		throw new Error(`units of time '${units}' are not read`);
	const date = new Date(0);
	date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
	const clock =
		(Number(hour ?? 0) * 60 + Number(minute ?? 0)) * 60_000 +
		Math.round(Number(second ?? 0) * 1000);
	const start =
		date.getTime() < reform && name !== "proleptic_gregorian"
			? julian(Number(year), Number(month), Number(day))
			: date.getTime();
	return { origin: start + clock - offsetOf(zone), unit };
}

/** A day of the Julian calendar, milliseconds since 1970, by its Julian day number. */
function julian(year: number, month: number, day: number): number {
	const early = month <= 2 ? 1 : 0;
	const years = year + 4800 - early;
	const months = month + 12 * early - 3;
	const number =
		day +
		Math.floor((153 * months + 2) / 5) +
		365 * years +
		Math.floor(years / 4) -
		32_083;
	return (number - 2_440_588) * 86_400_000;
}

function offsetOf(zone: string | undefined): number {
	const [, sign, hours, minutes] =
		/^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone ?? "") ?? [];
	const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
	return sign === "-" ? -offset : offset;
}

/**
 * Whole seconds since 1970: floats of days and hours miss them by a little.
 * @throws Error for what is no time
 */
export function secondsAt(value: number, { origin, unit }: TimeScale): number {
	const ms = origin + value * unit;
	if (!Number.isFinite(ms) || Math.abs(ms) > 8e15)
		throw new Error(`${value} is no time`);
	return Math.round(ms / 1000);
}
