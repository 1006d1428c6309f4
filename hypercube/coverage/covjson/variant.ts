import type { Coverage } from "../../cube/coverage.ts";

/** How the reference implementation writes a coverage of some data, which its readers rely on. */
export interface Variant {
	/** Names of the first two axes and of the level. */
	readonly axes: readonly [string, string, string];
	/** Whether the metadata says `Forecast date`. */
	readonly forecastDate: boolean;
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
	const { keys, domain } = coverage;
	const axes = LETTERED_FEATURES.includes(feature) ? LETTERED : NAMED;
	const series = domain.type === "PointSeries";
	if (isStepless(keys) && ["timeseries", "polygon"].includes(feature))
		return {
			axes: LETTERED,
			forecastDate: series,
			areaTime: "valid",
			time: blank,
		};
	if (keys.stream === "clmn")
		return {
			axes,
			forecastDate: domain.type === "MultiPoint",
			areaTime: "valid",
			time: same,
		};
	const climatology = keys.class === "ce";
	const hindcast = climatology && keys.stream === "efcl";
	return {
		axes,
		forecastDate: !hindcast,
		areaTime: climatology ? "valid" : "reference",
		time: same,
	};
}

function isStepless(keys: Coverage["keys"]): boolean {
	return keys.dataset === "climate-dt" || keys.class === "ng";
}
