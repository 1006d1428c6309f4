import { BrokenField } from "../cube/field.ts";
import { columnOrder, type Order, rowOrder, type Scanning } from "./order.ts";
import type { Rows } from "./rows.ts";

/** What a section says of a grid of equal rows; degrees. */
export interface RegularDefinition {
	readonly columns: number;
	readonly rows: number;
	/** Of the first point of the message, and the last. */
	readonly first: Place;
	readonly last: Place;
	readonly scanning: Scanning;
}

interface Place {
	readonly latitude: number;
	readonly longitude: number;
}

/** Equal rows at these latitudes, which are in the message's order. */
export function regularRows(
	{ columns, rows, first, last, scanning }: RegularDefinition,
	latitudes: Float64Array,
): { rows: Rows; order: Order } {
	const [west, east] = scanning.iNegative ? [last, first] : [first, last];
	const span = columns > 1 ? spanOf(west.longitude, east.longitude) : 0;
	const parts = Math.max(columns - 1, 1);
	return {
		rows: {
			latitudes,
			wests: new Float64Array(rows).fill(west.longitude),
			spans: new Float64Array(rows).fill(span),
			parts: new Float64Array(rows).fill(parts),
			counts: new Uint32Array(rows).fill(columns),
		},
		order: scanning.jConsecutive
			? columnOrder(rows, columns, scanning)
			: rowOrder(
					Uint32Array.from({ length: rows + 1 }, (_, row) => row * columns),
					scanning.iNegative,
					scanning.alternate,
				),
	};
}

/** Eastward from the first to the last column; equal longitudes mean once around. */
function spanOf(west: number, east: number): number {
	const span = east > west ? east - west : east + 360 - west;
	if (span > 0 && span <= 360 + 1e-6) return span;
	throw new BrokenField(
		`a row of points from ${west} to ${east} degrees east goes more than once around the globe`,
	);
}

/**
 * Latitudes of rows by their coded step, as ecCodes has them: steps add up, the last row is the coded one.
 * @param step undefined where it is not given, so that the rows are spread evenly
 */
export function evenLatitudes(
	{ rows, first, last, scanning }: Omit<RegularDefinition, "columns">,
	step: number | undefined,
): Float64Array {
	const way = last.latitude - first.latitude;
	if (rows > 1 && (scanning.jPositive ? way <= 0 : way >= 0))
		throw new BrokenField(
			`rows cannot go ${scanning.jPositive ? "north" : "south"} from latitude ${first.latitude} to ${last.latitude}`,
		);
	const coded = step === undefined ? way / (rows - 1) : Math.sign(way) * step;
	const latitudes = Float64Array.from(
		{ length: rows },
		(_, row) => first.latitude + row * coded,
	);
	latitudes[rows - 1] = rows > 1 ? last.latitude : first.latitude;
	checkLatitudes(latitudes);
	return latitudes;
}

/** Rows must lie on the globe, and go one way. */
function checkLatitudes(latitudes: Float64Array): void {
	const [first = 0, second = 0] = latitudes;
	const rise = Math.sign(second - first);
	latitudes.forEach((latitude, row) => {
		if (!(Math.abs(latitude) <= 90))
			throw new BrokenField(`row ${row} lies at latitude ${latitude}`);
		if (row > 0 && (latitude - (latitudes[row - 1] ?? 0)) * rise <= 0)
			throw new BrokenField(
				`rows do not go one way: row ${row} lies at latitude ${latitude}`,
			);
	});
}
