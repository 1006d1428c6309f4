import type { Value } from "../mars/document.ts";
import { show } from "../mars/show.ts";
import { compileCorridor } from "./corridor.ts";
import { type Draft, type Faults, written } from "./draft.ts";
import type { CompiledFeature } from "./feature.ts";
import { pathOf } from "./vertices.ts";

/** `trajectory`, and `path`: all points near a path, or with `sample: true` one value for each of its vertices. */
export function compileTrajectory(draft: Draft): CompiledFeature | undefined {
	const sampled = flagOf(draft.feature.sample, draft.faults);
	const { axes, path } = pathOf(draft, sampled);
	if (!sampled) return compileCorridor(draft, axes, path);
	for (const key of ["inflation", "inflate", "radius", "unit"])
		if (draft.feature[key] !== undefined)
			draft.faults.add(
				`${key} does not go with sample: true, which takes the nearest value of each point`,
			);
	return (
		path && {
			feature: {
				kind: "samples",
				type: "trajectory",
				vertices: path.vertices,
			},
			keys: {},
			vertices: path.vertices.length,
			area: 0,
		}
	);
}

function flagOf(value: Value | undefined, faults: Faults): boolean {
	if (value === undefined) return false;
	const text = show(value).trim().toLowerCase();
	if (/^(true|yes|on|1)$/.test(text)) return true;
	if (!/^(false|no|off|0)$/.test(text))
		faults.add(`sample must be true or false, got ${written(value)}`);
	return false;
}
