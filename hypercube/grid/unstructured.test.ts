import { expect, test } from "vitest";
import { BrokenField, UnsupportedField } from "../cube/field.ts";
import { Brute, box, cap, chance, places } from "./brute.ts";
import { openGrid } from "./open.ts";
import { readPointsFile } from "./pointsfile.ts";
import { UnstructuredGrid } from "./unstructured.ts";

/** Points all over the sphere, some of them twice, poles and seam among them. */
function scattered(count: number, seed: number) {
	const next = chance(seed);
	const latitudes = Float64Array.from(
		{ length: count },
		() => (Math.asin(2 * next() - 1) * 180) / Math.PI,
	);
	const longitudes = latitudes.map(() => 720 * next() - 360);
	latitudes.set([90, -90, 0, 0, 10, 10], 5);
	longitudes.set([7, 8, 0, 360, 20, 20], 5);
	return { latitudes, longitudes };
}

test.each([11, 17, 500, 3000])("%i points", (count) => {
	const grid = new UnstructuredGrid("x", scattered(count, count), count);
	const brute = new Brute(grid);
	for (const [latitude, longitude] of places(1050, 9, brute.all)) {
		const where = `${latitude} ${longitude}`;
		const hits = grid.nearest(latitude, longitude, 4);
		expect(hits[0]?.index, where).toBe(brute.nearest(latitude, longitude));
		const wanted = brute.nearestDistances(latitude, longitude, 4);
		for (const [n, { distance }] of hits.entries())
			expect(distance, where).toBeCloseTo(wanted[n] ?? 9, 9);
	}
	for (const area of [
		box(-90, 90, 0, 360),
		box(-20, 40, 350, 400),
		box(10, 10, 20, 20),
		cap(90, 0, 20),
		cap(-40, 20, 30),
	])
		expect([...grid.inside(area)]).toEqual([...brute.inside(area)]);
});

/** Section 3 of a message on grid 26, its cells, of `points` points. */
function section(points: number) {
	const octets = new Uint8Array(35);
	octets.set([
		0,
		0,
		0,
		35,
		3,
		0,
		0,
		0,
		points >> 8,
		points & 255,
		0,
		0,
		0,
		101,
		6,
		0,
		0,
		26,
		1,
	]);
	octets.fill(0xab, 19);
	return { edition: 2, octets } as const;
}

test("points come from whoever has them, and are remembered", async () => {
	const text = "# latitude longitude\n10.5 -20\n0,370\n\n-5;8 # the last\n";
	const asked: unknown[] = [];
	const grid = await openGrid(section(3), (reference) => {
		asked.push(reference);
		return Promise.resolve(readPointsFile(text));
	});
	expect(asked).toEqual([
		{ grid: 26, part: 1, uuid: "ab".repeat(16), points: 3 },
	]);
	expect(grid.coordinates(Uint32Array.of(0, 3))).toEqual({
		latitudes: Float64Array.of(10.5, 0, -5),
		longitudes: Float64Array.of(340, 10, 8),
	});
	expect(openGrid(section(3))).toBe(grid);
});

test("without points there is no grid", () => {
	expect(() => openGrid(section(4))).toThrow(UnsupportedField);
	expect(() => openGrid(section(4), () => undefined)).toThrow("its 4 points");
	expect(() => openGrid(section(4), () => readPointsFile("1 2"))).toThrow(
		BrokenField,
	);
	expect(() => openGrid(section(1), () => readPointsFile("91 2"))).toThrow(
		"latitude 91",
	);
	expect(() => readPointsFile("1 2\n3 four")).toThrow("line 2");
});
