import type { Grid } from "./grid.ts";

/** A grid in words, for plans and logs: `O1280, 6599680 points`. */
export function describeGrid({ name, kind, size }: Grid): string {
	return `${name ?? kind}, ${size} ${size === 1 ? "point" : "points"}`;
}
