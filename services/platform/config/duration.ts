/** What a duration looks like, said the same in every message. */
export const DURATION_FORM =
	"a duration such as 15s, 1h30m, 2d, or a number of seconds";

const DURATION =
	/^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/;
const MS = [86_400_000, 3_600_000, 60_000, 1_000, 1];

/**
 * Milliseconds of a duration: days, hours, minutes, seconds, milliseconds in this order ("1d2h", "15s", "250ms"), or a
 * number of seconds (number or text). `undefined` for anything else: v1 read "60" and "1h1d" as zero and spun.
 */
export function parseDuration(value: string | number): number | undefined {
	if (typeof value === "number") return wholeMs(value * 1000);
	const text = value.trim();
	if (/^\d+(\.\d+)?$/.test(text)) return wholeMs(Number(text) * 1000);
	const parts = DURATION.exec(text);
	if (text === "" || !parts) return undefined;
	return wholeMs(
		MS.reduce((sum, unit, i) => sum + Number(parts[i + 1] ?? 0) * unit, 0),
	);
}

function wholeMs(ms: number): number | undefined {
	const whole = Math.round(ms);
	return whole >= 0 && Number.isSafeInteger(whole) ? whole : undefined;
}
