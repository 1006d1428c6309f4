import type { Coverage, PathDomain } from "../../cube/coverage.ts";
import { stepOf } from "./step.ts";
import type { Variant } from "./variant.ts";

/** Keys that the domain says, or whose value the writer sets. */
const ELSEWHERE = [
	"time",
	"param",
	"hdate",
	"year",
	"month",
	"step",
	"number",
	"levelist",
];

type Metadata = Record<string, string | number>;

/** `mars:metadata` of a coverage: what it is made from, without what its domain says. Sorted by key. */
export function metadata(
	feature: string,
	coverage: Coverage,
	variant: Variant,
): Metadata {
	const { keys } = coverage;
	const all: Metadata = {};
	for (const key of Object.keys(keys).sort()) {
		const value = keys[key];
		if (value === undefined || ELSEWHERE.includes(key)) continue;
		if (key !== "date") all[key] = value;
		else if (keys.hdate !== undefined) all[key] = isoDate(value);
	}
	if (variant.forecastDate !== undefined)
		all["Forecast date"] = variant.forecastDate;
	all.number = numeric(keys.number ?? "0");
	return Object.assign(all, ofDomain(feature, coverage, variant));
}

/** What a reader is told of a domain beside its axes: nothing more than the reference implementation tells. */
function ofDomain(
	feature: string,
	{ domain }: Coverage,
	variant: Variant,
): Metadata {
	switch (domain.type) {
		case "PointSeries":
			return variant.levelZero
				? { levelist: domain.level ?? 0 }
				: level(domain.level);
		case "VerticalProfile":
			return {
				...step(domain.instant.step ?? 0, variant),
				...level(domain.levels[0]),
			};
		case "MultiPoint":
			return {
				...step(domain.instant.step ?? 0, variant),
				...(feature === "trajectory" ? {} : level(domain.levels[0])),
			};
		case "Trajectory":
			return step(lastStep(domain), variant);
	}
}

function step(hours: number | undefined, { step }: Variant): Metadata {
	return step && hours !== undefined ? { step: stepOf(hours) } : {};
}

/** Of a path through several steps the last on its highest number of a level; nothing where the data knows no step. */
function lastStep({ sections }: PathDomain): number | undefined {
	const highest = sections.reduce(
		(most, { level }) => Math.max(most, level ?? 0),
		0,
	);
	const last = sections.findLast(({ level }) => (level ?? 0) === highest);
	return last?.instant.step;
}

function level(value: number | undefined): Metadata {
	return value === undefined ? {} : { levelist: value };
}

/** Numbers are written as such, where the text says one. */
function numeric(text: string): string | number {
	return /^\d+$/.test(text) ? Number(text) : text;
}

/** `20240301` as `2024-03-01T00:00:00`. */
function isoDate(text: string): string {
	return text.replace(/^(\d{4})-?(\d\d)-?(\d\d)$/, "$1-$2-$3T00:00:00");
}
