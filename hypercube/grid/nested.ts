import type { Order } from "./order.ts";

/** A cell of HEALPix: which of the 12 squares, and how far north-east and north-west of its southern corner. */
interface Cell {
	readonly face: number;
	readonly x: number;
	readonly y: number;
}

/**
 * HEALPix's nested order: squares one after another, in each the bits of a cell's two coordinates in turn. Rows are rings
 * from the north, columns go eastward. The relations are those of Górski et al. 2005, section 4.
 */
export function nestedOrder(side: number): Order {
	const cells = side * side;
	return {
		rowsTogether: false,
		index(row, column) {
			const { face, x, y } = cellAt(side, row + 1, column);
			return face * cells + spread(x) + 2 * spread(y);
		},
		row(index) {
			const { face, x, y } = cellOf(cells, index);
			return southCorner(face) * side - x - y - 2;
		},
		column(index, row) {
			const { face, x, y } = cellOf(cells, index);
			const quarter = quarterOf(side, row + 1);
			const halves = meridian(face) * quarter + x - y + shiftOf(side, row + 1);
			return ((halves - 1) / 2 + 4 * quarter) % (4 * quarter);
		},
	};
}

/** Which ring a square's southern corner would lie one after, in squares from the pole. */
function southCorner(face: number): number {
	return Math.floor(face / 4) + 2;
}

/** The meridian through a square's middle, in eighths of a turn. */
function meridian(face: number): number {
	return face >= 4 && face < 8 ? 2 * (face - 4) : 2 * (face % 4) + 1;
}

/** Cells of a quarter of a ring. */
function quarterOf(side: number, ring: number): number {
	return Math.min(ring, side, 4 * side - ring);
}

/** 1 for the rings of the belt whose first cell lies at 0 degrees east; others begin half a cell later. */
function shiftOf(side: number, ring: number): number {
	return ring > side && ring < 3 * side ? (ring - side) & 1 : 0;
}

function cellAt(side: number, ring: number, column: number): Cell {
	const quarter = quarterOf(side, ring);
	const face =
		ring < side
			? Math.floor(column / quarter)
			: ring > 3 * side
				? 8 + Math.floor(column / quarter)
				: faceOfBelt(side, ring, column);
	const down = ring - southCorner(face) * side + 1;
	let halves = 2 * column + 1 - shiftOf(side, ring) - meridian(face) * quarter;
	if (halves >= 2 * side) halves -= 8 * side;
	return { face, x: (halves - down) >> 1, y: -(halves + down) >> 1 };
}

/** In the belt squares lie between lines to the north-east and lines to the north-west. */
function faceOfBelt(side: number, ring: number, column: number): number {
	const down = ring - side;
	const east = Math.floor((column + side - ((down + 1) >> 1)) / side);
	const west = Math.floor(
		(column + side - ((2 * side - down + 1) >> 1)) / side,
	);
	if (east === west) return (west % 4) + 4;
	return west < east ? west : east + 8;
}

function cellOf(cells: number, index: number): Cell {
	const face = Math.floor(index / cells);
	const within = index - face * cells;
	return { face, x: gathered(within), y: gathered(within >>> 1) };
}

/** Puts a 0 before each of 15 bits. */
function spread(bits: number): number {
	let out = bits;
	out = (out | (out << 8)) & 0x00ff00ff;
	out = (out | (out << 4)) & 0x0f0f0f0f;
	out = (out | (out << 2)) & 0x33333333;
	return (out | (out << 1)) & 0x55555555;
}

/** Takes every second bit. */
function gathered(bits: number): number {
	let out = bits & 0x55555555;
	out = (out | (out >>> 1)) & 0x33333333;
	out = (out | (out >>> 2)) & 0x0f0f0f0f;
	out = (out | (out >>> 4)) & 0x00ff00ff;
	return (out | (out >>> 8)) & 0x0000ffff;
}
