import { show } from "../mars/show.ts";
import { formatStep } from "../mars/step.ts";
import { corridor, type Section } from "../shape/corridor.ts";
import {
	corridorSurface,
	groundCorridorSurface,
} from "../shape/corridorsurface.ts";
import { groundCorridor } from "../shape/groundcorridor.ts";
import { polytopeCorridor } from "../shape/polytopecorridor.ts";
import { EARTH } from "../shape/surface.ts";
import {
	type Inflation,
	type Reach,
	type Track,
	unrollTrack,
} from "../shape/track.ts";
import { angleOf, vectorOf } from "../shape/vector.ts";
import type { Axis } from "./axes.ts";
import { type Draft, written } from "./draft.ts";
import type { CompiledFeature, Feature } from "./feature.ts";
import { type Inflations, inflationsOf } from "./inflation.ts";
import { decimalText } from "./span.ts";
import type { Path } from "./vertices.ts";

/** A trajectory as a corridor: an area where it has no levels and steps of its own, else one for each of them. */
export function compileCorridor(
	draft: Draft,
	axes: readonly Axis[] | undefined,
	path: Path | undefined,
): CompiledFeature | undefined {
	const { faults } = draft;
	const profile = profileOf(draft);
	const inflations = inflationsOf(draft, axes);
	if (path && path.vertices.length < 2)
		faults.add("Trajectory must have at least two values in points");
	for (const axis of axes ?? [])
		if ((axis === "levelist" || axis === "step") && draft.body.has(axis))
			faults.add(
				`Trajectory ${axis} axes is overspecified in request: ${axis} stands in the request and in the points`,
			);
	if (inflations?.unit === "kilometres" && profile === "box")
		faults.add("inflate: box takes an inflation in degrees");
	if (draft.options.compatible && profile === "round" && axes?.length === 4)
		faults.add(
			"Round inflation not yet implemented for 4D trajectory feature, use 'box' instead",
		);
	if (!path || !inflations || !profile || faults.any) return undefined;
	const track = trackOf(path, draft.options.compatible);
	if (inflations.unit === "kilometres" && !noteOpposites(track, draft))
		return undefined;
	const plan = planOf({ draft, track, inflations, profile });
	return {
		feature: featureOf(path, plan.section),
		keys: keysOf(track, inflations),
		vertices: path.vertices.length,
		area: Math.min(plan.surface, 4 * Math.PI * EARTH ** 2),
	};
}

function profileOf({ feature, faults }: Draft): "round" | "box" | undefined {
	const profile = show(feature.inflate ?? "round")
		.trim()
		.toLowerCase();
	if (profile === "round" || profile === "box") return profile;
	return faults.add(`inflate must be round or box, got ${written(profile)}`);
}

function trackOf({ axes, vertices }: Path, compatible = false): Track {
	const longitudes = vertices.map(({ longitude }) => longitude);
	return {
		latitudes: Float64Array.from(vertices, ({ latitude }) => latitude),
		longitudes: compatible
			? Float64Array.from(longitudes)
			: unrollTrack(longitudes),
		...(axes.includes("levelist") && {
			levels: Float64Array.from(vertices, ({ level }) => level ?? 0),
		}),
		...(axes.includes("step") && {
			steps: Float64Array.from(vertices, ({ step }) => step ?? 0),
		}),
	};
}

/** Between places that are opposite each other there is no one great circle. */
function noteOpposites(
	{ latitudes, longitudes }: Track,
	{ faults }: Draft,
): boolean {
	let before = vectorOf(latitudes[0] ?? 0, longitudes[0] ?? 0);
	for (let at = 1; at < latitudes.length; at++) {
		const next = vectorOf(latitudes[at] ?? 0, longitudes[at] ?? 0);
		if (angleOf(before, next) > Math.PI - 1e-6)
			faults.add(
				`points[${at - 1}] and points[${at}] are opposite each other on the globe: add a point in between`,
			);
		before = next;
	}
	return !faults.any;
}

interface Planned {
	readonly draft: Draft;
	readonly track: Track;
	readonly inflations: Inflations;
	readonly profile: "round" | "box";
}

function planOf({ draft, track, inflations, profile }: Planned): {
	section: Section;
	surface: number;
} {
	const { latitude, longitude, level, step } = inflations;
	if (inflations.unit === "kilometres") {
		const reach = {
			kilometres: latitude,
			level: centred(level),
			step: centred(step),
		};
		return {
			section: groundCorridor(track, reach),
			surface: groundCorridorSurface(track, latitude),
		};
	}
	const inflation: Inflation = {
		latitude: centred(latitude),
		longitude: centred(longitude),
		level: centred(level),
		step: centred(step),
	};
	const surface = corridorSurface(track, inflation, profile);
	return draft.options.compatible
		? { section: polytopeCorridor(track, inflation, profile), surface }
		: { section: corridor(track, inflation, profile), surface };
}

const centred = (radius: number): Reach => ({ low: -radius, high: radius });

function featureOf({ axes }: Path, section: Section): Feature {
	const upright = axes.some((axis) => axis === "levelist" || axis === "step");
	if (upright) return { kind: "corridor", type: "trajectory", section };
	const area = section(undefined, undefined);
	if (!area) throw new Error("a corridor without levels and steps has an area");
	return { kind: "area", type: "trajectory", area };
}

/** Which levels and steps the corridor may reach, as spans. */
function keysOf(
	{ levels, steps }: Track,
	{ level, step }: Inflations,
): Readonly<Record<string, string>> {
	const keys: Record<string, string> = {};
	if (levels) {
		const [low, high] = extentOf(levels, level);
		keys.levelist = `${decimalText(low, Math.floor)}/to/${decimalText(high, Math.ceil)}`;
	}
	if (steps) {
		const [low, high] = extentOf(steps, step);
		keys.step = `${formatStep(seconds(Math.max(0, low), Math.floor))}/to/${formatStep(seconds(Math.max(0, high), Math.ceil))}`;
	}
	return keys;
}

const extentOf = (
	values: Float64Array,
	radius: number,
): readonly [number, number] => [
	values.reduce((a, b) => Math.min(a, b)) - radius,
	values.reduce((a, b) => Math.max(a, b)) + radius,
];

/** Whole seconds, outward, but not for a rounding of the last bit. */
function seconds(hours: number, round: (value: number) => number): number {
	const exact = hours * 3600;
	const nearest = Math.round(exact);
	return Math.abs(exact - nearest) < 1e-6 ? nearest : round(exact);
}
