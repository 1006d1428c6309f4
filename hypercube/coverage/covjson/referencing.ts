import type { Coverage } from "../../cube/coverage.ts";
import { verticalAxis } from "../vertical.ts";

export const CRS84 = {
	type: "GeographicCRS",
	id: "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
} as const;

/** What the coordinates of a coverage's domain mean (OGC 21-069r2, reference systems): x and y, t, and z if it has one. */
export function referencing(coverage: Coverage): string {
	const systems: object[] = [
		{ coordinates: ["x", "y"], system: CRS84 },
		{
			coordinates: ["t"],
			system: { type: "TemporalRS", calendar: "Gregorian" },
		},
	];
	if (hasLevel(coverage.domain))
		systems.push({
			coordinates: ["z"],
			system: verticalCrs(coverage.keys.levtype),
		});
	return JSON.stringify(systems);
}

/** Whether the domain has a vertical coordinate. */
export function hasLevel(domain: Coverage["domain"]): boolean {
	switch (domain.type) {
		case "PointSeries":
			return domain.level !== undefined;
		case "VerticalProfile":
			return true;
		case "MultiPoint":
			return domain.levels.length > 0;
		case "Trajectory":
			return domain.sections.every(({ level }) => level !== undefined);
	}
}

function verticalCrs(levtype: string | undefined): object {
	const { name, direction, unit } = verticalAxis(levtype);
	const axis = { name: { en: name }, direction, unit: { symbol: unit } };
	return { type: "VerticalCRS", cs: { csAxes: [axis] } };
}
