import { verticesOf } from "../shape/geometry.ts";
import { type Part, polygonArea } from "../shape/polygon.ts";
import { polygonSurface } from "../shape/polygonsurface.ts";
import { type Draft, within } from "./draft.ts";
import type { AreaFeature, CompiledFeature } from "./feature.ts";
import { inlineShape } from "./shape.ts";

/** `polygon`, and `wkt`: all points inside or on the boundary. */
export function compilePolygon(draft: Draft): CompiledFeature | undefined {
	const parts = inlineShape(draft);
	return parts && compileParts(draft, "polygon", parts);
}

/** The area of polygons. Polytope unites rings, where we take those within others as holes. */
export function compileParts(
	draft: Draft,
	type: AreaFeature["type"],
	parts: readonly Part[],
): CompiledFeature | undefined {
	const vertices = verticesOf(parts);
	if (vertices === 0) return draft.faults.add("shape has no corners");
	if (!within(draft, vertices)) return undefined;
	const compatible = draft.options.compatible === true;
	const united = compatible
		? parts.flatMap((rings) => rings.map((ring): Part => [ring]))
		: parts;
	const area = polygonArea(united, compatible ? "written" : "shortest");
	let surface: number | undefined;
	return {
		feature: { kind: "area", type, area },
		keys: {},
		vertices,
		// Of a large shape this takes longer than all else; where a request is only checked nobody asks.
		get area() {
			surface ??= polygonSurface(united, area);
			return surface;
		},
	};
}
