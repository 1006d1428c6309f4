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

// Worked out with sixty digits.
test.each([
	[2, 0, 59.444408289166766],
	[2, 1, 19.8757191474409],
	[32, 0, 87.86379883923259],
	[32, 1, 85.09652698831734],
	[32, 16, 43.25419466535094],
	[32, 31, 1.395306910819496],
	[96, 0, 89.28422753251382],
	[96, 1, 88.35700351866495],
	[96, 48, 44.41539505235376],
	[96, 95, 0.46753089042276813],
	[128, 0, 89.46282156857738],
	[128, 1, 88.76695135284234],
	[128, 64, 44.5612963074929],
	[128, 127, 0.35087652634255406],
	[1280, 0, 89.94618771566277],
	[1280, 1, 89.87647835333259],
	[1280, 640, 44.95606217816363],
	[1280, 1279, 0.03514938421560498],
	[2560, 0, 89.97309123040675],
	[2560, 1, 89.93823314563043],
	[2560, 1280, 44.97802921636289],
	[2560, 2559, 0.017576408470057682],
	[4000, 0, 89.98277778203469],
	[4000, 1, 89.96046782349902],
	[4000, 2000, 44.9859382670144],
	[4000, 3999, 0.011249296896974029],
])("N%i, row %i", (n, row, latitude) => {
	const error = (gaussianLatitudes(n)[row] ?? 0) - latitude;
	expect(Math.abs(error)).toBeLessThan(1e-12);
});
