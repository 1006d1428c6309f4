import { BrokenField, UnsupportedField } from "../../../cube/field.ts";
import { uint } from "../../octets.ts";
import type { Layout } from "../layout.ts";

/** Where section 3 of GRIB 2 has the scanning mode, and the end of the template: a list of points of each row follows. */
const templates: ReadonlyMap<number, readonly [scanning: number, end: number]> =
	new Map([
		[0, [71, 72]],
		[1, [71, 84]],
		[10, [59, 72]],
		[20, [64, 65]],
		[30, [64, 81]],
		[40, [71, 72]],
		[41, [71, 84]],
	]);

/** How many points each row of the grid has, in the order of the message. */
export function rowsOf(layout: Layout, grid: Uint8Array): Uint32Array {
	const rows = layout.edition === 1 ? rows1(layout, grid) : rows2(layout, grid);
	let points = 0;
	for (const row of rows) points += row;
	if (points !== layout.points)
		throw new BrokenField(
			`the message at ${layout.offset}: rows of ${points} points, and ${layout.points} in all`,
		);
	return rows;
}

function rows1(layout: Layout, two: Uint8Array): Uint32Array {
	if (two.length < 28)
		throw new UnsupportedField(
			"second order packing by rows of a grid that the message does not define",
		);
	const [ni, nj] = [uint(two, 6, 2), uint(two, 8, 2)];
	if (ni !== 0xffff) return even(layout, [ni, nj], uint(two, 27, 1));
	const at = uint(two, 4, 1) - 1 + 4 * uint(two, 3, 1);
	return list(two, { at, octets: 2, rows: nj });
}

function rows2(layout: Layout, three: Uint8Array): Uint32Array {
	const template = uint(three, 12, 2);
	const places = templates.get(template);
	if (places === undefined)
		throw new UnsupportedField(
			`second order packing by rows of a grid of template 3.${template}`,
		);
	const [ni, nj] = [uint(three, 30, 4), uint(three, 34, 4)];
	const octets = uint(three, 10, 1);
	if (octets > 0) return list(three, { at: places[1], octets, rows: nj });
	return even(layout, [ni, nj], uint(three, places[0], 1));
}

/** Bit 3 of the scanning mode: points of a column follow each other. */
function even(
	layout: Layout,
	[ni, nj]: readonly [number, number],
	scanning: number,
): Uint32Array {
	// What its octets say is not reserved before it fits.
	if (ni * nj !== layout.points) return new Uint32Array();
	return (scanning & 0x20) !== 0
		? new Uint32Array(ni).fill(nj)
		: new Uint32Array(nj).fill(ni);
}

function list(
	section: Uint8Array,
	{ at, octets, rows }: { at: number; octets: number; rows: number },
): Uint32Array {
	if (octets > 4 || at + rows * octets > section.length)
		throw new BrokenField("the list of points of each row is cut");
	return Uint32Array.from({ length: rows }, (_, row) =>
		uint(section, at + row * octets, octets),
	);
}
