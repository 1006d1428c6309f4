import { expect, test } from "vitest";
import { gaussianLatitudes } from "./gaussian.ts";
import { octahedralGrid } from "./octahedral.ts";

test("the first rows are the published ones", () => {
	// N32 and N640 as in ECMWF's tables of Gaussian latitudes.
	expect(gaussianLatitudes(32)[0]).toBeCloseTo(87.8638, 4);
	expect(gaussianLatitudes(32)[31]).toBeCloseTo(1.3953, 4);
	expect(gaussianLatitudes(640)[0]).toBeCloseTo(89.892396, 6);
});

test("N1 is known in closed form", () => {
	const exact = (Math.asin(1 / Math.sqrt(3)) * 180) / Math.PI;
	expect([...gaussianLatitudes(1)]).toEqual([
		expect.closeTo(exact, 12),
		expect.closeTo(-exact, 12),
	]);
});

test("rows fall from north to south, mirrored at the equator", () => {
	const rows = [...gaussianLatitudes(48)];
	expect(rows).toEqual(rows.toSorted((a, b) => b - a));
	expect(rows.map((row) => -row).reverse()).toEqual(rows);
});

test.each([0, -1, 1.5, Number.NaN])("%s rows are refused", (n) => {
	expect(() => gaussianLatitudes(n)).toThrow(RangeError);
});

test.each([1, 48, 96])("O%i: 20 points at the poles, 4 more each row", (n) => {
	const grid = octahedralGrid(n);
	expect(grid.pl.length).toBe(grid.latitudes.length);
	expect(grid.pl[0]).toBe(20);
	expect(Math.max(...grid.pl)).toBe(16 + 4 * n);
	expect(grid.pl.reduce((sum, points) => sum + points)).toBe(grid.size);
});
