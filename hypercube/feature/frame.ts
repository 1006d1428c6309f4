import { frameArea, frameSurface } from "../shape/frame.ts";
import { axesOf, HORIZONTAL, wordsOf } from "./axes.ts";
import { boxOf } from "./boundingbox.ts";
import type { Draft } from "./draft.ts";
import type { CompiledFeature } from "./feature.ts";

/** `frame`: all points of the outer box that do not lie inside the inner one. */
export function compileFrame(draft: Draft): CompiledFeature | undefined {
	const words = wordsOf(draft.feature.axes);
	const axes =
		words.length === 0 ? HORIZONTAL : axesOf(words, HORIZONTAL, draft.faults);
	const outer = boxOf(draft, "outer_box", axes);
	const inner = boxOf(draft, "inner_box", axes);
	if (!outer || !inner) return undefined;
	return {
		feature: {
			kind: "area",
			type: "frame",
			area: frameArea(outer, inner),
		},
		keys: {},
		vertices: 4,
		area: frameSurface(outer, inner),
	};
}
