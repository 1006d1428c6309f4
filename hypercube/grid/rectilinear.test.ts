import { describe, expect, test } from "vitest";
import { Brute, box, cap, chance, places } from "./brute.ts";
import { RectilinearGrid } from "./rectilinear.ts";

const even = (from: number, by: number, count: number) =>
	Float64Array.from({ length: count }, (_, at) => from + by * at);

const random = chance(5);

/** Ascending, with gaps of all sizes. */
const uneven = (from: number, to: number, count: number) =>
	Float64Array.from(
		{ length: count },
		() => from + (to - from) * random(),
	).sort();

const grids: Readonly<Record<string, RectilinearGrid>> = {
	"global, southward, from Greenwich": new RectilinearGrid(
		even(90, -10, 19),
		even(0, 15, 24),
	),
	"global, northward, from the date line": new RectilinearGrid(
		even(-85, 10, 18),
		even(-180, 7.5, 48),
	),
	"both ends of the seam": new RectilinearGrid(
		even(80, -20, 9),
		even(0, 30, 13),
	),
	westward: new RectilinearGrid(even(60, -5, 13), even(40, -5, 17)),
	"a part across the seam": new RectilinearGrid(
		even(60, -2.5, 13),
		even(340, 2.5, 17),
	),
	uneven: new RectilinearGrid(uneven(-90, 90, 21), uneven(-180, 180, 33)),
	"in no order": new RectilinearGrid(
		uneven(-80, 80, 15)
			.reverse()
			.sort((a, b) => (a % 7) - (b % 7)),
		uneven(0, 360, 20).sort((a, b) => (a % 11) - (b % 11)),
	),
	"one point": new RectilinearGrid(Float64Array.of(52), Float64Array.of(13)),
};

describe.each(Object.entries(grids))("%s", (_, grid) => {
	const brute = new Brute(grid);

	test("the nearest points are those of all", () => {
		const wrong: unknown[] = [];
		for (const [latitude, longitude] of places(1000, 3, brute.all)) {
			const [hit] = grid.nearest(latitude, longitude);
			const expected = brute.nearest(latitude, longitude);
			if (hit?.index !== expected)
				wrong.push({ latitude, longitude, index: hit?.index, expected });
		}
		expect(wrong).toEqual([]);
	});

	test("so are the seven nearest", () => {
		const count = Math.min(7, grid.size);
		for (const [latitude, longitude] of places(100, 4, brute.all)) {
			const hits = grid.nearest(latitude, longitude, 7);
			const distances = brute.nearestDistances(latitude, longitude, count);
			expect(hits).toHaveLength(count);
			for (const [at, { distance }] of hits.entries())
				expect(distance).toBeCloseTo(distances[at] ?? 0, 9);
		}
	});

	test("the points of an area are those that lie in it", () => {
		const areas = [
			box(-30, 40, -20, 35),
			box(40, 60, 350, 370),
			box(-90, 90, 0, 360),
			box(52, 52, 13, 13),
			cap(88, 10, 15),
			cap(0, 0, 21),
			cap(-90, 0, 30),
			cap(45, 181, 40),
		];
		for (const area of areas)
			expect(grid.inside(area)).toEqual(brute.inside(area));
	});
});

test("what is no place is refused", () => {
	expect(
		() => new RectilinearGrid(Float64Array.of(91), Float64Array.of(0)),
	).toThrow(RangeError);
	expect(
		() => new RectilinearGrid(Float64Array.of(0), Float64Array.of(Number.NaN)),
	).toThrow(RangeError);
});

test("the same coordinates make the same grid, in any turn", () => {
	const latitudes = even(90, -10, 19);
	const one = new RectilinearGrid(latitudes, even(0, 15, 24));
	expect(new RectilinearGrid(latitudes, even(360, 15, 24)).id).toBe(one.id);
	expect(new RectilinearGrid(latitudes, even(0, 14, 24)).id).not.toBe(one.id);
});
