import {
	type Circle,
	degreeCircle,
	degreeCircleSurface,
	groundCircle,
	groundCircleSurface,
	twelveCorners,
} from "../shape/circle.ts";
import { axesOf, countOf, HORIZONTAL, placesOf, wordsOf } from "./axes.ts";
import type { Draft } from "./draft.ts";
import type { AreaFeature, CompiledFeature, Place } from "./feature.ts";
import { type Length, lengthOf } from "./length.ts";

/** `circle`: all points within a radius, in degrees as Polytope has it, or on the ground. */
export function compileCircle(draft: Draft): CompiledFeature | undefined {
	const centre = centreOf(draft);
	const radius = lengthOf(draft.feature.radius, "radius", draft, "positive");
	if (!centre || !radius) return undefined;
	const circle = { ...centre, radius: radius.value };
	return {
		feature: {
			kind: "area",
			type: "circle",
			area: areaOf(circle, radius, draft.options.compatible),
		},
		keys: {},
		vertices: 1,
		area:
			radius.unit === "degrees"
				? degreeCircleSurface(circle)
				: groundCircleSurface(circle),
	};
}

function centreOf(draft: Draft): Place | undefined {
	const words = wordsOf(draft.feature.axes);
	const axes =
		words.length === 0 ? HORIZONTAL : axesOf(words, HORIZONTAL, draft.faults);
	const places = placesOf(draft, "center", axes);
	const count = countOf(draft, "center");
	if (count > 1)
		return draft.faults.add(
			`Circle feature must have one center point, got ${count}`,
		);
	return places?.[0];
}

function areaOf(
	circle: Circle,
	{ unit }: Length,
	compatible = false,
): AreaFeature["area"] {
	if (unit === "kilometres") return groundCircle(circle);
	return compatible ? twelveCorners(circle) : degreeCircle(circle);
}
