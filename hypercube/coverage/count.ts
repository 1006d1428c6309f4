import type { Domain } from "../cube/coverage.ts";

/** How many values each parameter has on a domain. */
export function placesOf(domain: Domain): number {
	switch (domain.type) {
		case "PointSeries":
			return domain.instants.length;
		case "VerticalProfile":
			return domain.levels.length;
		case "MultiPoint":
			return domain.points.count * Math.max(1, domain.levels.length);
		case "Trajectory":
			return domain.sections.reduce((sum, { points }) => sum + points.count, 0);
	}
}
