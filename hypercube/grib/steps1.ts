import { type Choice, choices, choose, type Facts } from "./choose.ts";
import { numberOf } from "./fields.ts";
import { codeTables, grib1Tables } from "./tables.ts";
import { commonUnit, instant, interval, type Step, span } from "./times.ts";

/** Units that GRIB 1 steps may be in: minute, hour, day, month, 3, 6, 12 hours, 15 and 30 minutes, second. */
const stepUnits = new Set([0, 1, 2, 3, 10, 11, 12, 13, 14, 254]);

/** Averages of many forecasts: their range is its start alone. */
const startOnly = new Set([113, 123, 124]);

const lists = new Map<string, readonly Choice<string>[]>();

/** Instant, accum, avg, max …, by the centre's list and the one of all; undefined when neither knows it. */
export function stepType1(centre: string, facts: Facts): string | undefined {
	return choose([listOf(centre), listOf("default")], facts)?.value;
}

function listOf(folder: string): readonly Choice<string>[] {
	let list = lists.get(folder);
	if (list === undefined) {
		list = choices(grib1Tables().stepType[folder] ?? []);
		lists.set(folder, list);
	}
	return list;
}

/** The forecast interval; undefined when unit or step type is none that has one. */
export function step1(
	stepType: string | undefined,
	facts: Facts,
): Step | undefined {
	const { fields } = facts;
	const unit = numberOf(fields, "unitOfTimeRange") ?? 255;
	const seconds = codeTables().timeUnits.grib1[String(unit)]?.[1];
	if (stepType === undefined || seconds === undefined || !stepUnits.has(unit))
		return undefined;
	const indicator = numberOf(fields, "timeRangeIndicator") ?? 0;
	const p1 = numberOf(fields, "P1") ?? 0;
	const p2 = numberOf(fields, "P2") ?? 0;
	// A zero of any unit is plain `0` here: GRIB 1 steps are hours.
	const at = (value: number) =>
		value === 0 ? span(0, 3600) : span(value, seconds);
	if (indicator === 10) return instant(at(p1 * 256 + p2));
	if (stepType === "instant" || startOnly.has(indicator))
		return instant(at(p1));
	return interval(at(p1), at(p2), commonUnit(at(p1), at(p2)));
}
