import type { Mapping } from "../mars/document.ts";
import { RequestError } from "../mars/errors.ts";
import { isMapping, typeFeature } from "../mars/feature.ts";
import { show } from "../mars/show.ts";
import { compileBox } from "./boundingbox.ts";
import { compileCircle } from "./circle.ts";
import { type Draft, Faults, type FeatureOptions, written } from "./draft.ts";
import type { CompiledFeature } from "./feature.ts";
import { compileFrame } from "./frame.ts";
import {
	compilePosition,
	compileProfile,
	compileTimeseries,
} from "./points.ts";
import { compilePolygon } from "./polygon.ts";
import { compileShapefile } from "./shapefile.ts";
import { compileTrajectory } from "./trajectory.ts";

type Compiled = CompiledFeature | undefined;

/** A type of feature: the keys it knows beside `type`, and how it is read. */
interface Kind {
	readonly keys: readonly string[];
	readonly compile: (draft: Draft) => Compiled | Promise<Compiled>;
}

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
	[
		"timeseries",
		{
			keys: ["points", "time_axis", "axes", "axis", "range"],
			compile: compileTimeseries,
		},
	],
	[
		"verticalprofile",
		{ keys: ["points", "axes", "axis", "range"], compile: compileProfile },
	],
	["position", { keys: ["points", "axes"], compile: compilePosition }],
	["boundingbox", { keys: ["points", "axes"], compile: compileBox }],
	[
		"frame",
		{ keys: ["outer_box", "inner_box", "axes"], compile: compileFrame },
	],
	[
		"trajectory",
		{
			keys: [
				"points",
				"axes",
				"inflation",
				"radius",
				"inflate",
				"unit",
				"sample",
			],
			compile: compileTrajectory,
		},
	],
	["shapefile", { keys: ["file", "shape", "axes"], compile: compileShapefile }],
	["polygon", { keys: ["shape", "axes"], compile: compilePolygon }],
	[
		"circle",
		{ keys: ["center", "radius", "unit", "axes"], compile: compileCircle },
	],
]);

/** Types that users write for others. */
const ALIASES: ReadonlyMap<string, string> = new Map([
	["path", "trajectory"],
	["wkt", "polygon"],
]);

/**
 * Reads a request's `feature`. Numbers may be text, as they are after YAML; spellings of older clients are understood.
 *
 * @param body the request's keys beside `feature`: what stands there must not stand in the feature as well
 * @throws {RequestError} naming every fault at once
 */
export async function parseFeature(
	feature: Mapping,
	body: Readonly<Record<string, unknown>>,
	options: FeatureOptions = {},
): Promise<CompiledFeature> {
	if (deeperThan(feature, DEEPEST))
		throw new RequestError([
			`The feature is nested deeper than ${DEEPEST} levels`,
		]);
	const said = feature.type;
	if (said === undefined)
		throw new RequestError([
			`The 'feature' does not contain a 'type', one of ${types()}`,
		]);
	const spelled = String(isMapping(said) ? "" : said)
		.trim()
		.toLowerCase();
	const type = ALIASES.get(spelled) ?? spelled;
	const kind = KINDS.get(type);
	if (!kind)
		throw new RequestError([
			`Feature ${written(said)} is not known, only ${types()}`,
		]);
	const faults = new Faults();
	const draft: Draft = {
		feature: typeFeature(feature),
		type,
		body: new Set(Object.keys(body)),
		options,
		faults,
	};
	noteUnknown(draft, kind);
	const compiled = await kind.compile(draft);
	faults.settle();
	if (!compiled) throw new Error(`${type} was neither read nor refused`);
	return compiled;
}

const DEEPEST = 32;

function deeperThan(value: unknown, levels: number): boolean {
	if (typeof value !== "object" || value === null) return false;
	return (
		levels === 0 ||
		Object.values(value).some((item) => deeperThan(item, levels - 1))
	);
}

function noteUnknown({ feature, type, faults }: Draft, { keys }: Kind): void {
	for (const key of Object.keys(feature))
		if (key !== "type" && !keys.includes(key))
			faults.add(
				`Unexpected key ${show(key)} in feature: ${type} knows ${keys.join(", ")}`,
			);
}

const types = (): string => [...KINDS.keys()].join(", ");
