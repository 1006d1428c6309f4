import { BrokenField } from "../cube/field.ts";
import { nestedOrder } from "./nested.ts";
import { rowOrder } from "./order.ts";
import { offsetsOf } from "./reduced.ts";
import { RowGrid, type Rows } from "./rows.ts";

/** HEALPix (Górski et al. 2005): 12 squares of `side` × `side` cells of equal area, whose centres lie on rings. */
export interface HealpixSection {
	readonly side: number;
	readonly nested: boolean;
	/** How many values the message has. */
	readonly points: number;
}

/** Indices stay below 2³² up to here; the cells are 400 m wide. */
const mostSide = 2 ** 14;

export function healpixGrid(
	{ side, nested, points }: HealpixSection,
	id: string,
): RowGrid {
	if (side < 1 || side > mostSide)
		throw new BrokenField(`HEALPix cannot have ${side} cells along a side`);
	const size = 12 * side * side;
	if (points !== size)
		throw new BrokenField(
			`HEALPix H${side} has ${size} points, but the message has ${points}`,
		);
	if (nested && !Number.isInteger(Math.log2(side)))
		throw new BrokenField(
			`nested HEALPix needs a power of two along a side, not ${side}`,
		);
	const name = `H${side} ${nested ? "nested" : "ring"}`;
	const rows = rings(side);
	const order = nested
		? nestedOrder(side)
		: rowOrder(offsetsOf(rows.counts), false, false);
	return new RowGrid({ id, kind: "healpix", size, name }, rows, order);
}

/** Rings of cell centres, north to south. */
function rings(side: number): Rows {
	const count = 4 * side - 1;
	const counts = Uint32Array.from({ length: count }, (_, n) =>
		Math.min(4 * (n + 1), 4 * side, 4 * (count - n)),
	);
	const spans = new Float64Array(count).fill(360);
	const parts = Float64Array.from(counts);
	const wests = Float64Array.from(counts, (points, n) => {
		const polar = n < side || n >= 3 * side - 1;
		return polar || (n + side) % 2 === 1 ? 180 / points : 0;
	});
	return {
		latitudes: Float64Array.from(counts, (_, n) => latitude(side, n + 1)),
		wests,
		spans,
		parts,
		counts,
	};
}

/** Of a ring counted from 1 at the north pole: equations 4 and 8 of the paper, from the angle to the pole. */
function latitude(side: number, ring: number): number {
	if (ring > 2 * side) return -latitude(side, 4 * side - ring);
	if (ring === 2 * side) return 0;
	const z =
		ring < side
			? 1 - (ring * ring) / (3 * side * side)
			: (4 * side - 2 * ring) / (3 * side);
	return 90 - (Math.acos(z) * 180) / Math.PI;
}
