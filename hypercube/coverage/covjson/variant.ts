import type { Coverage, SeriesDomain } from "../../cube/coverage.ts";
import type { PointsFeature } from "../../feature/feature.ts";

/** How the reference implementation writes a coverage of some data, which its readers rely on. */
export interface Variant {
	/** Names of the first two axes and of the level. */
	readonly axes: readonly [string, string, string];
	/** What the metadata says as `Forecast date`; undefined where it says none. */
	readonly forecastDate: string | undefined;
	/** Whether the metadata says level 0 of what has no level. */
	readonly levelZero: boolean;
	/** What the axis `t` of points of an area says. */
	readonly areaTime: "reference" | "valid";
	/** An instant as text. */
	readonly time: (iso: string) => string;
}

const NAMED = ["latitude", "longitude", "levelist"] as const;
const LETTERED = ["x", "y", "z"] as const;
const LETTERED_FEATURES = ["polygon", "frame", "shapefile", "trajectory"];
const same = (iso: string) => iso;
const blank = (iso: string) => iso.replace("T", " ");

/**
 * covjsonkit has four encoders of each feature: for forecasts; for data without steps (climate-dt and class `ng`; time
 * series and polygons), which writes `2020-01-02 01:00:00Z`; for months (stream `clmn`); for hindcasts.
 */
export function variantOf(feature: string, coverage: Coverage): Variant {
	const { keys, domain, reference } = coverage;
	const axes = LETTERED_FEATURES.includes(feature) ? LETTERED : NAMED;
	if (isStepless(keys) && ["timeseries", "polygon"].includes(feature))
		return {
			axes: LETTERED,
			forecastDate:
				domain.type === "PointSeries" ? lastDate(domain) : undefined,
			levelZero: false,
			areaTime: "valid",
			time: blank,
		};
	if (keys.stream === "clmn")
		return {
			axes,
			forecastDate: domain.type === "MultiPoint" ? reference : undefined,
			levelZero: true,
			areaTime: "valid",
			time: same,
		};
	const climatology = keys.class === "ce";
	const hindcast = climatology && keys.stream === "efcl";
	return {
		axes,
		forecastDate: hindcast ? undefined : reference,
		levelZero: true,
		areaTime: climatology ? "valid" : "reference",
		time: same,
	};
}

/**
 * What its time series run along. Of forecasts there is a series for each start, also where `time_axis` is the date; one
 * through all dates only of what has no steps, and of reanalyses by hindcast.
 */
export function seriesAlong(
	along: PointsFeature["along"],
	keys: Coverage["keys"],
): PointsFeature["along"] {
	if (along !== "date" && along !== "hdate") return along;
	const reanalysis = keys.class === "ce" && keys.stream === "efcl";
	return isStepless(keys) || reanalysis ? along : "step";
}

/** The day on which a series ends, which is what covjsonkit has left when it comes to write it. */
function lastDate({ instants }: SeriesDomain): string | undefined {
	return instants.at(-1)?.time.replace(/T.*/, " 00:00:00Z");
}

function isStepless(keys: Coverage["keys"]): boolean {
	return keys.dataset === "climate-dt" || keys.class === "ng";
}
