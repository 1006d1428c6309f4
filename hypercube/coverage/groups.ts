import type { AreaDomain, Instant, PathDomain } from "../cube/coverage.ts";
import type { TupleGroup } from "./tuples.ts";

/** The points of an area once for each level, as tuples (two coordinates, level). */
export function* areaGroups(
	domain: AreaDomain,
	levels: readonly (number | undefined)[],
): Generator<TupleGroup, void, undefined> {
	for (const level of levels)
		yield { points: domain.points, before: "", after: afterOf(level) };
}

/** The points of a path, as tuples (time, two coordinates, level); `time` gives the JSON of an instant. */
export function* pathGroups(
	domain: PathDomain | AreaDomain,
	time: (instant: Instant) => string,
	levelOf: (level: number | undefined) => number | undefined,
): Generator<TupleGroup, void, undefined> {
	for (const { instant, level, points } of sectionsOf(domain))
		yield {
			points,
			before: `${time(instant)},`,
			after: afterOf(levelOf(level)),
		};
}

/** An area that a path cut out is a section for each level. */
export function sectionsOf(
	domain: PathDomain | AreaDomain,
): PathDomain["sections"] {
	if (domain.type === "Trajectory") return domain.sections;
	const { points, instant, levels } = domain;
	return levelsOf(levels).map((level) => ({ points, instant, level }));
}

/** The levels of a domain; one that is none where the data has no level. */
export function levelsOf(
	levels: readonly number[],
): readonly (number | undefined)[] {
	return levels.length === 0 ? [undefined] : levels;
}

function afterOf(level: number | undefined): string {
	return level === undefined ? "" : `,${level}`;
}
