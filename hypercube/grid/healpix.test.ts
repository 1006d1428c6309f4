import { expect, test } from "vitest";
import { BrokenField } from "../cube/field.ts";
import { Brute, box, cap, places } from "./brute.ts";
import { healpixGrid } from "./healpix.ts";
import { nestedOrder } from "./nested.ts";

const section = (side: number, nested: boolean) => ({
	side,
	nested,
	points: 12 * side * side,
});

test.each([
	[1, false],
	[1, true],
	[5, false],
	[8, false],
	[8, true],
])("HEALPix of side %i, nested %s", (side, nested) => {
	const grid = healpixGrid(section(side, nested), "healpix");
	const brute = new Brute(grid);
	for (const [latitude, longitude] of places(1400, side, brute.all)) {
		const where = `${latitude} ${longitude}`;
		const hits = grid.nearest(latitude, longitude, 3);
		expect(hits[0]?.index, where).toBe(brute.nearest(latitude, longitude));
		const wanted = brute.nearestDistances(latitude, longitude, 3);
		for (const [n, { distance }] of hits.entries())
			expect(distance, where).toBeCloseTo(wanted[n] ?? 9, 9);
	}
	for (const area of [
		box(-90, 90, 0, 360),
		box(-20, 30, 340, 400),
		cap(90, 0, 30),
		cap(-70, 40, 35),
	])
		expect([...grid.inside(area)]).toEqual([...brute.inside(area)]);
});

test.each([1, 2, 4, 16])("each cell of nested H%i has its place", (side) => {
	const order = nestedOrder(side);
	for (let index = 0; index < 12 * side * side; index++) {
		const row = order.row(index);
		expect(order.index(row, order.column(index, row))).toBe(index);
	}
});

test("what cannot be is broken", () => {
	expect(() => healpixGrid(section(3, true), "x")).toThrow(BrokenField);
	expect(() => healpixGrid(section(0, false), "x")).toThrow(BrokenField);
	expect(() => healpixGrid({ ...section(4, true), points: 1 }, "x")).toThrow(
		"192",
	);
	expect(() => healpixGrid(section(2 ** 31, false), "x")).toThrow(BrokenField);
});
