import { show } from "../mars/show.ts";
import { axesOf, HORIZONTAL, placesOf, wordsOf } from "./axes.ts";
import { type Draft, written } from "./draft.ts";
import type { CompiledFeature, Place, PointsFeature } from "./feature.ts";
import { rangeOf } from "./span.ts";

/** What a time series may run along. */
const TIME_AXES = ["step", "date", "month", "year", "hdate"] as const;
type TimeAxis = (typeof TIME_AXES)[number];

const timeAxis = (word: string): TimeAxis | undefined =>
	TIME_AXES.find((axis) => axis === word);

/** `timeseries`: the nearest values along time, for each place. */
export function compileTimeseries(draft: Draft): CompiledFeature | undefined {
	const along = alongOf(draft);
	const words = wordsOf(draft.feature.axes);
	const listed = Array.isArray(draft.feature.axes);
	for (const word of listed ? words : [])
		if (timeAxis(word))
			draft.faults.add(
				`Timeseries ${word} axis is not supported in 'axes', must be in 'time_axis'`,
			);
	const spatial = words.filter((word) => timeAxis(word) === undefined);
	const points = pointsOf(draft, spatial);
	const keys =
		along === undefined ? {} : spanOf(draft, along, "Timeseries time_axis");
	if (along === undefined || !points) return undefined;
	return compiled({ kind: "points", type: "timeseries", points, along }, keys);
}

/** `time_axis`, or as it used to be written: `axes: step`, `axis: step`. */
function alongOf({ feature, faults }: Draft): TimeAxis | undefined {
	const legacy = [feature.axis, feature.axes].find(
		(value) =>
			typeof value === "string" && timeAxis(value.trim().toLowerCase()),
	);
	const said = feature.time_axis ?? feature.axis ?? legacy;
	if (said === undefined)
		return faults.add(
			`Missing required key time_axis, one of ${TIME_AXES.join(", ")}`,
		);
	const along = timeAxis(wordsOf(said).join("/"));
	if (legacy !== undefined && timeAxis(wordsOf(legacy).join("/")) !== along)
		faults.add(
			`Timeseries time_axis is overspecified in request: ${show(said)} and ${show(legacy)}`,
		);
	return (
		along ??
		faults.add(
			`Timeseries axes must be one of ${TIME_AXES.join(", ")}, got ${written(said)}`,
		)
	);
}

/** `position`: the nearest values of whatever the request asks for, for each place. */
export function compilePosition(draft: Draft): CompiledFeature | undefined {
	const points = pointsOf(draft, wordsOf(draft.feature.axes));
	return points
		? compiled({ kind: "points", type: "position", points, along: "step" }, {})
		: undefined;
}

/** `verticalprofile`: the nearest values along the levels, for each place. */
export function compileProfile(draft: Draft): CompiledFeature | undefined {
	const words = wordsOf(draft.feature.axes ?? draft.feature.axis);
	const levels = words.filter((word) => /^levell?ist$/.test(word));
	if (levels.length > 1)
		draft.faults.add(
			"Vertical Profile axes is overspecified in request: levelist is named twice",
		);
	const spatial = words.filter((word) => !/^levell?ist$/.test(word));
	const points = pointsOf(draft, spatial);
	const keys = spanOf(draft, "levelist", "Vertical Profile axes");
	return points
		? compiled(
				{ kind: "points", type: "verticalprofile", points, along: "levelist" },
				keys,
			)
		: undefined;
}

function pointsOf(
	draft: Draft,
	words: readonly string[],
): readonly Place[] | undefined {
	const axes =
		words.length === 0 ? HORIZONTAL : axesOf(words, HORIZONTAL, draft.faults);
	return placesOf(draft, "points", axes);
}

/** The key's values from the feature's range or from the request: from one of them. */
function spanOf(
	draft: Draft,
	key: string,
	what: string,
): Readonly<Record<string, string>> {
	const inBody = draft.body.has(key);
	const inFeature = draft.feature.range !== undefined;
	const span = rangeOf(draft, key);
	if (inBody && inFeature)
		draft.faults.add(
			`${what} is overspecified in request: ${key} stands in the request and as range`,
		);
	if (!inBody && !inFeature)
		draft.faults.add(
			`${what} is underspecified in request: give ${key} in the request, or a range`,
		);
	return span === undefined ? {} : { [key]: span };
}

const compiled = (
	feature: PointsFeature,
	keys: Readonly<Record<string, string>>,
): CompiledFeature => ({
	feature,
	keys,
	vertices: feature.points.length,
	area: 0,
});
