import { type Fields, numberOf } from "./fields.ts";
import { codeTables } from "./tables.ts";

/** Gaussian numbers that name a known global reduced grid. */
let known: Set<number> | undefined;

const corners = [
	"latitudeOfFirstGridPoint",
	"longitudeOfFirstGridPoint",
	"latitudeOfLastGridPoint",
	"longitudeOfLastGridPoint",
];

/**
 * Domain of a wave model's field: `g` (global), `m`, `n`, `s`, or `unknown`. By the grid where it is a known one, else by
 * its corners (GRIB 1, whose thousandths of a degree the table lists), else by the process.
 */
export function waveDomain(edition: 1 | 2, fields: Fields): string {
	const { waveDomain: table } = codeTables();
	known ??= new Set(table.globalGrids.map((name) => Number(name.slice(1))));
	if (
		isReducedGaussian(edition, fields) &&
		known.has(numberOf(fields, "N") ?? 0)
	)
		return "g";
	if (edition === 1) {
		const here = corners.map((name) => numberOf(fields, name));
		const found = table.points.findLast(([, at]) =>
			at.every((value, i) => value === here[i]),
		);
		if (found !== undefined) return found[0];
	}
	const process = numberOf(fields, "generatingProcessIdentifier") ?? 0;
	if (process >= 104 && process <= 120) return "g";
	return process >= 204 && process <= 220 ? "m" : "unknown";
}

/** Reduced grids leave the number of points along a parallel missing. */
function isReducedGaussian(edition: 1 | 2, fields: Fields): boolean {
	const ni = numberOf(fields, "Ni");
	if (edition === 1)
		return numberOf(fields, "dataRepresentationType") === 4 && ni === 0xffff;
	return (
		numberOf(fields, "gridDefinitionTemplateNumber") === 40 && ni === 0xffffffff
	);
}
