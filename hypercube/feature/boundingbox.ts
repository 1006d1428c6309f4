import { type Box, boxArea, boxBetween } from "../shape/box.ts";
import { boxSurface } from "../shape/surface.ts";
import {
	type Axis,
	axesOf,
	countOf,
	finiteOf,
	HORIZONTAL,
	placesOf,
	rowsOf,
	wordsOf,
} from "./axes.ts";
import type { Draft } from "./draft.ts";
import type { CompiledFeature } from "./feature.ts";
import { decimalText } from "./span.ts";

/** `boundingbox`: all points between two corners, and two levels where they say any. */
export function compileBox(draft: Draft): CompiledFeature | undefined {
	const axes = boxAxes(draft);
	const box = boxOf(draft, "points", axes);
	const levels = axes?.includes("levelist") ? levelsOf(draft, axes) : undefined;
	if (!box) return undefined;
	return {
		feature: { kind: "area", type: "boundingbox", area: boxArea(box) },
		keys: levels === undefined ? {} : { levelist: levels },
		vertices: 2,
		area: boxSurface(box),
	};
}

function boxAxes(draft: Draft): readonly Axis[] | undefined {
	const words = wordsOf(draft.feature.axes);
	if (words.length === 0) return HORIZONTAL;
	const wrong = words.filter((word) => /^(step|date|time)$/.test(word));
	if (wrong.length > 0)
		return draft.faults.add(
			`Bounding box axes must be latitude and longitude, ${wrong.join(", ")} can be requested in main body of request`,
		);
	return axesOf(words, [...HORIZONTAL, "levelist"], draft.faults);
}

/** The box between the two corners that the key names. */
export function boxOf(
	draft: Draft,
	key: string,
	axes: readonly Axis[] | undefined,
): Box | undefined {
	const corners = placesOf(draft, key, axes);
	const count = countOf(draft, key);
	if (count > 0 && count !== 2)
		return draft.faults.add(
			`${key} must have only two values, opposite corners, got ${count}`,
		);
	const [a, b] = corners ?? [];
	return a && b && boxBetween(a, b);
}

function levelsOf(draft: Draft, axes: readonly Axis[]): string | undefined {
	if (draft.body.has("levelist"))
		return draft.faults.add(
			"Bounding Box axes is overspecified in request: levelist stands in the request and in axes",
		);
	const at = axes.indexOf("levelist");
	const levels = (rowsOf(draft, "points") ?? []).map((row, corner) =>
		row?.length === axes.length
			? finiteOf(row[at], `points[${corner}]: levelist`, draft.faults)
			: undefined,
	);
	const known = levels.filter((level) => level !== undefined);
	const low = decimalText(Math.min(...known), Math.floor);
	const high = decimalText(Math.max(...known), Math.ceil);
	return known.length === 2 ? `${low}/to/${high}` : undefined;
}
