import { describe, expect, test } from "vitest";
import type { Area } from "./area.ts";
import { Brute, box, cap, places } from "./brute.ts";
import { gaussianLatitudes } from "./gaussian.ts";
import { columnOrder, type Order, rowOrder, type Scanning } from "./order.ts";
import { offsetsOf } from "./reduced.ts";
import { evenLatitudes, regularRows } from "./regular.ts";
import { RowGrid } from "./rows.ts";

const scannings = [0, 64, 128, 192, 32, 96, 160, 16, 80, 144, 48, 112, 240].map(
	(flags): Scanning => ({
		iNegative: (flags & 0x80) !== 0,
		jPositive: (flags & 0x40) !== 0,
		jConsecutive: (flags & 0x20) !== 0,
		alternate: (flags & 0x10) !== 0,
	}),
);

const plain = scannings[0] ?? {
	iNegative: false,
	jPositive: false,
	jConsecutive: false,
	alternate: false,
};

function regular(
	[north, west, south, east]: readonly [number, number, number, number],
	columns: number,
	rows: number,
	scanning = plain,
): RowGrid {
	const { iNegative, jPositive } = scanning;
	const definition = {
		columns,
		rows,
		first: {
			latitude: jPositive ? south : north,
			longitude: iNegative ? east : west,
		},
		last: {
			latitude: jPositive ? north : south,
			longitude: iNegative ? west : east,
		},
		scanning,
	};
	const built = regularRows(definition, evenLatitudes(definition, undefined));
	return new RowGrid(
		{ id: "regular", kind: "regular_ll", size: rows * columns },
		built.rows,
		built.order,
	);
}

function octahedral(n: number): RowGrid {
	const counts = Uint32Array.from(
		{ length: 2 * n },
		(_, row) => 20 + 4 * Math.min(row, 2 * n - 1 - row),
	);
	return ofRows(gaussianLatitudes(n), counts);
}

/** Rows all around the globe from 0 degrees east. */
function ofRows(latitudes: Float64Array, counts: Uint32Array): RowGrid {
	const offsets = offsetsOf(counts);
	const rows = {
		latitudes,
		wests: new Float64Array(counts.length),
		spans: new Float64Array(counts.length).fill(360),
		parts: Float64Array.from(counts),
		counts,
	};
	const size = offsets[counts.length] ?? 0;
	return new RowGrid(
		{ id: "rows", kind: "reduced_gg", size },
		rows,
		rowOrder(offsets, false, false),
	);
}

const grids: [string, RowGrid][] = [
	["O12", octahedral(12)],
	[
		"rows without points",
		ofRows(Float64Array.of(60, 30, 0, -30), Uint32Array.of(0, 8, 1, 2)),
	],
	["global with poles", regular([90, 0, -90, 350], 36, 19)],
	["first column again at 360", regular([90, 0, -90, 360], 37, 19)],
	["from 180", regular([90, -180, -90, 170], 36, 19)],
	["part", regular([60, 5, 40, 25], 11, 6)],
	["part over the seam", regular([60, 350, 40, 20], 16, 6)],
	["one column", regular([60, 350, -60, 350], 1, 7)],
	["one row", regular([45, 0, 45, 358], 180, 1)],
	...scannings.map((scanning, n): [string, RowGrid] => [
		`scanning ${n}`,
		regular([50, 355, 20, 15], 11, 7, scanning),
	]),
	...scannings.map((scanning, n): [string, RowGrid] => [
		`global, scanning ${n}`,
		regular([90, 0, -90, 345], 24, 13, scanning),
	]),
];

const areas: [string, Area][] = [
	["a box", box(21, 49, 1, 13)],
	["a box with its edges on points", box(20, 50, 0, 10)],
	["a box over the seam", box(-40, 70, 340, 375)],
	["a box of more than a turn less a step", box(-90, 90, 1, 359)],
	["everything", box(-90, 90, 0, 360)],
	["nothing", box(33.1, 33.2, 0.1, 0.2)],
	["a point", box(30, 30, 10, 10)],
	["the north pole", cap(90, 0, 25)],
	["a cap over the south pole", cap(-80, 33, 20)],
	["a cap over the seam", cap(30, 359, 30)],
	["a cap of more than half of the globe", cap(40, 100, 120)],
];

describe.each(grids)("%s", (_, grid) => {
	const brute = new Brute(grid);

	test("nearest", () => {
		for (const [latitude, longitude] of places(2100, 7, brute.all)) {
			const [hit] = grid.nearest(latitude, longitude);
			expect(hit?.index, `${latitude} ${longitude}`).toBe(
				brute.nearest(latitude, longitude),
			);
		}
	});

	test("nearest, another turn", () => {
		for (const [latitude, longitude] of places(70, 8, brute.all)) {
			const turned = grid.nearest(latitude, longitude + 360)[0];
			expect(turned?.distance).toBeCloseTo(
				grid.nearest(latitude, longitude)[0]?.distance ?? 9,
				12,
			);
		}
	});

	test.each([2, 4, 9])("the nearest %i", (k) => {
		for (const [latitude, longitude] of places(140, k, brute.all)) {
			const hits = grid.nearest(latitude, longitude, k);
			const wanted = brute.nearestDistances(latitude, longitude, k);
			expect(hits).toHaveLength(wanted.length);
			expect(new Set(hits.map(({ index }) => index)).size).toBe(wanted.length);
			hits.forEach(({ distance }, n) => {
				expect(distance, `${latitude} ${longitude}`).toBeCloseTo(
					wanted[n] ?? 9,
					9,
				);
			});
		}
	});

	test.each(areas)("inside %s", (_, area) => {
		expect([...grid.inside(area)]).toEqual([...brute.inside(area)]);
	});

	test("coordinates of some", () => {
		const some = Uint32Array.of(0, 1, 3, grid.size);
		const { latitudes, longitudes } = grid.coordinates(some);
		const wanted = [
			0,
			...Array.from({ length: grid.size - 3 }, (_, n) => n + 3),
		];
		expect([...latitudes]).toEqual(wanted.map((at) => brute.all.latitudes[at]));
		expect([...longitudes]).toEqual(
			wanted.map((at) => brute.all.longitudes[at]),
		);
	});
});

test.each(scannings)("an order counts each place once: %j", (scanning) => {
	const offsets = Uint32Array.from({ length: 6 }, (_, row) => row * 4);
	const order: Order = scanning.jConsecutive
		? columnOrder(5, 4, scanning)
		: rowOrder(offsets, scanning.iNegative, scanning.alternate);
	for (let index = 0; index < 20; index++) {
		const row = order.row(index);
		expect(order.index(row, order.column(index, row))).toBe(index);
	}
});

test("of the rows beside the equator the southern one is the nearer, then the lower index", () => {
	const grid = octahedral(8);
	const [north, south] = [7, 8].map((row) =>
		grid.rows.counts.subarray(0, row).reduce((sum, count) => sum + count, 0),
	);
	const indices = (longitude: number, k: number) =>
		grid.nearest(0, longitude, k).map(({ index }) => index);
	expect(indices(0, 2)).toEqual([south, north]);
	const between = 180 / (grid.rows.counts[7] ?? 1);
	expect(indices(between, 4)).toEqual(
		[south, north].flatMap((first = 0) => [first, first + 1]),
	);
});
