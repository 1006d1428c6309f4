import { BrokenField } from "../cube/field.ts";
import { gaussianRows } from "./gaussianrows.ts";
import type { Grid } from "./grid.ts";
import type { Scanning } from "./order.ts";
import { reducedGaussianRows, reducedLatLonRows } from "./reduced.ts";
import { evenLatitudes, regularRows } from "./regular.ts";
import { RotatedGrid } from "./rotated.ts";
import type { RotatedPole } from "./rotation.ts";
import { RowGrid } from "./rows.ts";
import { degrees } from "./unit.ts";

/** What sections of either edition say of a grid along parallels. */
export interface LatLonSection {
	/** Undefined where rows have their own numbers of points. */
	readonly columns: number | undefined;
	readonly rows: number;
	/** Of the first and the last point, as coded: whole numbers of `unit` degrees. */
	readonly first: CodedPlace;
	readonly last: CodedPlace;
	readonly unit: number;
	/** Degrees from row to row; undefined where it is not given, or the grid is Gaussian. */
	readonly rowStep: number | undefined;
	/** Rows between a pole and the equator, of a Gaussian grid. */
	readonly gaussian: number | undefined;
	/** Points of each row, where the section lists them. */
	readonly pl: Uint32Array | undefined;
	readonly scanning: Scanning;
	/** Where the grid is turned. */
	readonly pole?: RotatedPole;
	/** How many values the message has; undefined where nobody says. */
	readonly points: number | undefined;
}

interface CodedPlace {
	readonly latitude: number;
	readonly longitude: number;
}

/** More rows than any grid has (a tenth of a kilometre apart): so that a lie costs no memory. */
const mostRows = 200_000;
/** Gaussian grids finer than in any use; 2n rows. */
const finest = 16_000;

/** The grid that a section describes. Throws BrokenField where it contradicts itself. */
export function latLonGrid(section: LatLonSection, id: string): Grid {
	const grid = rowGrid(section, id);
	return section.pole === undefined
		? grid
		: new RotatedGrid(id, rotatedKind(grid.kind), grid, section.pole);
}

/** ecCodes' word: `rotated_ll`, `rotated_gg`, `reduced_rotated_gg`. */
function rotatedKind(kind: string): string {
	return kind.startsWith("reduced_")
		? kind.replace("reduced_", "reduced_rotated_")
		: kind.replace("regular_", "rotated_");
}

function rowGrid(section: LatLonSection, id: string): RowGrid {
	const { rows, gaussian, pl } = section;
	if (rows < 1 || rows > mostRows)
		throw new BrokenField(`a grid cannot have ${rows} rows`);
	if (gaussian !== undefined && (gaussian < 1 || gaussian > finest))
		throw new BrokenField(`a Gaussian grid cannot be N${gaussian}`);
	if (pl === undefined) return regularGrid(section, id);
	if (pl.length !== rows)
		throw new BrokenField(
			`the list of points of each row has ${pl.length} entries for ${rows} rows`,
		);
	return reducedGrid(section, pl, id);
}

function regularGrid(section: LatLonSection, id: string): RowGrid {
	const { columns, rows, points, unit } = section;
	if (columns === undefined || columns < 1)
		throw new BrokenField(
			"a grid has neither a number of columns nor a list of points of each row",
		);
	const size = rows * columns;
	if (size > 0xffff_ffff || (points !== undefined && size !== points))
		throw new BrokenField(
			`${columns} columns of ${rows} rows are not ${points} points`,
		);
	const definition = {
		columns,
		rows,
		first: placed(section.first, unit),
		last: placed(section.last, unit),
		scanning: section.scanning,
	};
	const built = regularRows(definition, latitudesOf(section));
	const kind = section.gaussian === undefined ? "regular_ll" : "regular_gg";
	return new RowGrid(
		{ id, kind, size, name: nameOf(section) },
		built.rows,
		built.order,
	);
}

function reducedGrid(
	section: LatLonSection,
	pl: Uint32Array,
	id: string,
): RowGrid {
	const { first, last, unit, points, scanning } = section;
	if (scanning.jConsecutive)
		throw new BrokenField(
			"rows of different lengths cannot be scanned column by column",
		);
	const definition = {
		pl,
		west: first.longitude,
		east: last.longitude,
		unit,
		points,
		scanning,
	};
	const isGaussian = section.gaussian !== undefined;
	const build = isGaussian ? reducedGaussianRows : reducedLatLonRows;
	const { rows, order, size } = build(definition, latitudesOf(section));
	const kind: Grid["kind"] = isGaussian ? "reduced_gg" : "reduced_ll";
	return new RowGrid({ id, kind, size, name: nameOf(section) }, rows, order);
}

function latitudesOf(section: LatLonSection): Float64Array {
	const { rows, unit, scanning, rowStep, gaussian } = section;
	const first = placed(section.first, unit);
	if (gaussian !== undefined)
		return gaussianRows(gaussian, first.latitude, rows, scanning.jPositive);
	const last = placed(section.last, unit);
	return evenLatitudes({ rows, first, last, scanning }, rowStep);
}

function placed({ latitude, longitude }: CodedPlace, unit: number): CodedPlace {
	return {
		latitude: degrees(latitude, unit),
		longitude: degrees(longitude, unit),
	};
}

/** `O1280`, `N320`, `F160`, `part of F160` where rows are missing, `0.25 degrees, 1440 x 721`. */
function nameOf(section: LatLonSection): string {
	const { gaussian, pl, rows, columns, first, last, unit } = section;
	if (gaussian === undefined) {
		const step = Math.abs(last.latitude - first.latitude) / (rows - 1);
		return `${rounded(degrees(step, unit))} degrees, ${columns ?? "reduced"} x ${rows}`;
	}
	const octahedral = pl?.every((count, row) => {
		const fromPole = Math.min(row, 2 * gaussian - 1 - row);
		return rows === 2 * gaussian && count === 20 + 4 * fromPole;
	});
	const letter = pl === undefined ? "F" : octahedral ? "O" : "N";
	return `${rows < 2 * gaussian ? "part of " : ""}${letter}${gaussian}`;
}

function rounded(value: number): number {
	return Number.isFinite(value) ? Number(value.toPrecision(6)) : 0;
}
