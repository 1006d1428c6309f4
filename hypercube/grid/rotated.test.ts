import { expect, test } from "vitest";
import { Brute, box, cap, places } from "./brute.ts";
import type { Grid } from "./grid.ts";
import { latLonGrid } from "./latlon.ts";

const scanning = {
	iNegative: false,
	jPositive: false,
	jConsecutive: false,
	alternate: false,
};

function rotated(latitude: number, longitude: number, angle: number): Grid {
	const section = {
		columns: 41,
		rows: 31,
		first: { latitude: 15_000_000, longitude: 340_000_000 },
		last: { latitude: -15_000_000, longitude: 20_000_000 },
		unit: 1e-6,
		rowStep: 1,
		gaussian: undefined,
		pl: undefined,
		scanning,
		pole: { latitude, longitude, angle },
		points: 41 * 31,
	};
	return latLonGrid(section, "rotated");
}

/** Classic rows all around, so that the turned poles lie within the grid. */
function rotatedGaussian(): Grid {
	const pl = Uint32Array.of(8, 12, 20, 24, 24, 20, 12, 8);
	const section = {
		columns: undefined,
		rows: 8,
		first: { latitude: 73_799_214, longitude: 0 },
		last: { latitude: -73_799_214, longitude: 345_000_000 },
		unit: 1e-6,
		rowStep: undefined,
		gaussian: 4,
		pl,
		scanning,
		pole: { latitude: -20, longitude: 77, angle: 0 },
		points: 128,
	};
	return latLonGrid(section, "rotated gaussian");
}

test.each([
	["in the middle latitudes", rotated(-40, 10, 0)],
	["over the pole", rotated(0, 15, 0)],
	["over the seam, with an angle", rotated(-50, 0, 12.5)],
	["all around", rotatedGaussian()],
])("a rotated grid %s", (_, grid) => {
	const brute = new Brute(grid);
	for (const [latitude, longitude] of places(700, 3, brute.all)) {
		const [hit] = grid.nearest(latitude, longitude);
		const where = `${latitude} ${longitude}`;
		expect(hit?.index, where).toBe(brute.nearest(latitude, longitude));
		const four = grid.nearest(latitude, longitude, 4);
		const wanted = brute.nearestDistances(latitude, longitude, 4);
		for (const [n, { distance }] of four.entries())
			expect(distance, where).toBeCloseTo(wanted[n] ?? 9, 9);
	}
	for (const area of [
		box(40, 60, 0, 20),
		box(-90, 90, 0, 360),
		box(70, 90, 300, 400),
		cap(89, 0, 10),
		cap(50, 10, 7),
		box(50, 50.01, 0, 1),
	])
		expect([...grid.inside(area)]).toEqual([...brute.inside(area)]);
});
