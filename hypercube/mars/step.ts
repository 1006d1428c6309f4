const STEP = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;
/** Seen in the wild for 12 hours 15 minutes, the unit before its number. */
const MISPLACED = /^(\d{1,9})hm(\d{1,9})$/;

/** The seconds of one point in forecast time: `6` (hours), `30m`, `1h30m`, `2d`. Undefined when it is none. */
export function parseStep(text: string): number | undefined {
	if (/^\d{1,9}$/.test(text)) return Number(text) * 3600;
	const found = text === "" ? null : STEP.exec(text);
	if (!found) return undefined;
	const [days, hours, minutes, seconds] = found
		.slice(1)
		.map((part) => Number(part ?? 0));
	return (
		(days ?? 0) * 86_400 +
		(hours ?? 0) * 3600 +
		(minutes ?? 0) * 60 +
		(seconds ?? 0)
	);
}

/** The one spelling of a step: whole hours bare (`6`), all else with units (`30m`, `1h30m`). */
export function formatStep(seconds: number): string {
	if (seconds % 3600 === 0) return String(seconds / 3600);
	const parts: readonly (readonly [number, string])[] = [
		[Math.floor(seconds / 3600), "h"],
		[Math.floor(seconds / 60) % 60, "m"],
		[seconds % 60, "s"],
	];
	return parts
		.map(([count, unit]) => (count === 0 ? "" : `${count}${unit}`))
		.join("");
}

/** The seconds of a step or of the two ends of an interval (`0-6`). Undefined when it is neither. */
export function parseSteps(text: string): readonly number[] | undefined {
	const ends = text.split("-").map(parseStep);
	if (ends.length > 2) return undefined;
	const known = ends.filter((end) => end !== undefined);
	return known.length === ends.length ? known : undefined;
}

/** Writes `12hm15` as it was meant, `12h15m`; leaves all else as typed. */
export const mendStep = (text: string): string =>
	text.replace(MISPLACED, "$1h$2m");
