import type { Coverage, Domain, Instant } from "../../cube/coverage.ts";
import type { PointsFeature } from "../../feature/feature.ts";
import { stepOf } from "./step.ts";

/** How the reference implementation writes a coverage of some data, which its readers rely on. */
export interface Variant {
	/** Names of the first two axes and of the level. */
	readonly axes: readonly [string, string, string];
	/** What the metadata says as `Forecast date`; undefined where it says none. */
	readonly forecastDate: string | undefined;
	/** Whether the metadata says a step. */
	readonly step: boolean;
	/** Whether the metadata of a series says level 0 where there is none. */
	readonly levelZero: boolean;
	/** What the axis `t` of points of an area says. */
	readonly areaTime: "reference" | "valid";
	/** An instant as text. */
	readonly time: (iso: string) => string;
	/** An instant in the tuples of a path. */
	readonly pathTime: (instant: Instant) => string | number;
}

const NAMED = ["latitude", "longitude", "levelist"] as const;
const LETTERED = ["x", "y", "z"] as const;
const LETTERED_FEATURES = ["polygon", "frame", "shapefile", "trajectory"];
const LETTERED_MONTHS = [...LETTERED_FEATURES, "boundingbox", "position"];
const same = (iso: string) => iso;
const blank = (iso: string) => iso.replace("T", " ");

/**
 * covjsonkit has four encoders of each feature: for forecasts; for data without steps (climate-dt and class `ng`; time
 * series and polygons), which writes `2020-01-02 01:00:00Z`; for months (stream `clmn`); for hindcasts.
 */
export function variantOf(feature: string, coverage: Coverage): Variant {
	const { keys, domain, reference } = coverage;
	if (keys.stream === "clmn") return ofMonths(feature, coverage);
	const usual: Variant = {
		axes: LETTERED_FEATURES.includes(feature) ? LETTERED : NAMED,
		forecastDate: reference,
		step: true,
		levelZero: feature === "timeseries",
		areaTime: "reference",
		time: same,
		pathTime: ({ step }) => stepOf(step),
	};
	if (isStepless(keys) && ["timeseries", "polygon"].includes(feature))
		return {
			...usual,
			axes: LETTERED,
			forecastDate: lastDate(domain),
			step: false,
			levelZero: false,
			areaTime: "valid",
			time: blank,
		};
	if (keys.class !== "ce") return usual;
	return {
		...usual,
		forecastDate: keys.stream === "efcl" ? undefined : reference,
		areaTime: "valid",
	};
}

function ofMonths(feature: string, { domain, reference }: Coverage): Variant {
	return {
		axes: LETTERED_MONTHS.includes(feature) ? LETTERED : NAMED,
		forecastDate: {
			PointSeries: undefined,
			Trajectory: undefined,
			VerticalProfile: month(reference),
			MultiPoint: reference,
		}[domain.type],
		step: false,
		levelZero: true,
		areaTime: "valid",
		time: same,
		pathTime: ({ time }) => month(time),
	};
}

/** `2010-07`. */
const month = (iso: string): string => iso.slice(0, 7);

/**
 * What the time series of a feature run along. Of forecasts there is a series for each start, also where `time_axis` is the
 * date; one through all dates only of what has no steps, and of reanalyses by hindcast. Months always make a series.
 */
export function seriesAlong(
	{ type, along }: PointsFeature,
	keys: Coverage["keys"],
): PointsFeature["along"] {
	if (type === "position" && keys.stream === "clmn") return "month";
	if (along !== "date" && along !== "hdate") return along;
	const reanalysis = keys.class === "ce" && keys.stream === "efcl";
	return isStepless(keys) || reanalysis ? along : "step";
}

/** The day on which a series ends, which is what covjsonkit has left when it comes to write it. */
function lastDate(domain: Domain): string | undefined {
	if (domain.type !== "PointSeries") return undefined;
	return domain.instants.at(-1)?.time.replace(/T.*/, " 00:00:00Z");
}

function isStepless(keys: Coverage["keys"]): boolean {
	return keys.dataset === "climate-dt" || keys.class === "ng";
}
