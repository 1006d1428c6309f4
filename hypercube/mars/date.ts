/** Milliseconds of a day; a date is counted in days since 1970-01-01, in UTC. */
export const DAY = 86_400_000;

const PATTERN = /^(\d{4})(\d{2})(\d{2})(?:\.0+)?$|^(\d{4})-(\d{2})-(\d{2})$/;

/** Days since 1970-01-01 of `YYYYMMDD` or `YYYY-MM-DD`, undefined when there is no such day. */
export function parseDate(text: string): number | undefined {
	const found = PATTERN.exec(text);
	if (!found) return undefined;
	const iso = `${found[1] ?? found[4]}-${found[2] ?? found[5]}-${found[3] ?? found[6]}`;
	const day = Date.parse(`${iso}T00:00:00Z`) / DAY;
	// The year 0 has no place in the calendar, and the 30th of February turns into March.
	return isDay(day) && toIso(day) === iso ? day : undefined;
}

/** `YYYYMMDD` of a day in the years 1 to 9999. */
export const formatDate = (day: number): string =>
	toIso(day).replaceAll("-", "");

/** The day in UTC that `now` falls in: the same for everyone, wherever the process runs. */
export const dayOf = (now: Date): number => Math.floor(now.getTime() / DAY);

/** Whether the number is a day of the years 1 to 9999. */
export const isDay = (day: number): boolean =>
	Number.isInteger(day) && day >= -719_162 && day <= 2_932_896;

const toIso = (day: number): string =>
	new Date(day * DAY).toISOString().slice(0, 10);
