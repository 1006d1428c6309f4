import type { TimeRange } from "./header2.ts";

/** Streams of daily and monthly statistics. */
const streams = new Set([
	"sttd",
	"stte",
	"ldst",
	"ldsb",
	"sfmd",
	"shmd",
	"eest",
]);
const suffixes: Readonly<Record<number, string>> = {
	0: "av",
	1: "ac",
	2: "mx",
	3: "mn",
	6: "sd",
};
const unknown = "unknown";
const monthHours = new Set([672, 696, 720, 744]);

/**
 * The statistic over days or months that a field went through: `dav`-like pairs as MARS spells them, `daav`, `momx` …;
 * with three loops two of them, `moav_damx`. `unknown` for other spans and statistics,
 * undefined for other streams.
 */
export function stattype(
	stream: string,
	ranges: readonly TimeRange[],
): string | undefined {
	if (!streams.has(stream)) return undefined;
	const [outer, next] = ranges;
	if (outer === undefined) return unknown;
	const first = one(outer);
	if (ranges.length < 3) return first ?? unknown;
	const second = next === undefined ? undefined : one(next);
	return first === undefined || second === undefined
		? unknown
		: `${first}_${second}`;
}

function one({ statistic, unit, length }: TimeRange): string | undefined {
	const daily = (unit === 1 && length === 24) || (unit === 2 && length === 1);
	const monthly =
		(unit === 1 && monthHours.has(length)) ||
		(unit === 2 && length >= 28 && length <= 31) ||
		(unit === 3 && length === 1);
	const suffix = suffixes[statistic];
	if (
		suffix === undefined ||
		(!daily && !monthly) ||
		(suffix === "ac" && !daily)
	)
		return undefined;
	return `${daily ? "da" : "mo"}${suffix}`;
}
