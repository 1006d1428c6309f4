/** Dates as MARS prints them: YYYYMMDD numbers, hours and minutes as HHMM. Calendar: Gregorian, UTC. */

const months = [
	"jan",
	"feb",
	"mar",
	"apr",
	"may",
	"jun",
	"jul",
	"aug",
	"sep",
	"oct",
	"nov",
	"dec",
];

/** YYYYMMDD of its parts. */
export function ymd(year: number, month: number, day: number): number {
	return year * 10000 + month * 100 + day;
}

/** HHMM, four digits. */
export function hhmm(hour: number, minute: number): string {
	return String(hour * 100 + minute).padStart(4, "0");
}

/** A climate date, which has no year: `aug-01`, or `aug` when the day is coded as missing (255). */
export function climateDate(month: number, day: number): string {
	const name = months[month - 1] ?? String(month);
	return day === 255 ? name : `${name}-${String(day).padStart(2, "0")}`;
}

/** The date some whole days later. */
export function addDays(date: number, days: number): number {
	const at = new Date(
		Date.UTC(
			Math.floor(date / 10000),
			(Math.floor(date / 100) % 100) - 1,
			date % 100,
		),
	);
	at.setUTCDate(at.getUTCDate() + days);
	return ymd(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate());
}

/** Date and time some hours after another; hours may have fractions. */
export function addHours(
	date: number,
	time: string,
	hours: number,
): { date: number; time: string } {
	const minutes =
		Number(time.slice(0, 2)) * 60 +
		Number(time.slice(2)) +
		Math.round(hours * 60);
	const days = Math.floor(minutes / 1440);
	const rest = minutes - days * 1440;
	return {
		date: addDays(date, days),
		time: hhmm(Math.floor(rest / 60), rest % 60),
	};
}

/** YYYYMM01 of a date. */
export function firstOfMonth(date: number): number {
	return Math.floor(date / 100) * 100 + 1;
}
