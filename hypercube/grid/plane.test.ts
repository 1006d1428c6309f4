import { expect, test } from "vitest";
import { BrokenField } from "../cube/field.ts";
import { lambertAzimuthal } from "./azimuthal.ts";
import { Brute, box, cap, places } from "./brute.ts";
import { lambertConformal } from "./lambert.ts";
import { mercator } from "./mercator.ts";
import { PlaneGrid, type PlaneSection } from "./plane.ts";
import type { Projection } from "./projection.ts";
import { readScanning } from "./scanning.ts";
import { polarStereographic } from "./stereographic.ts";

const sphere = { major: 6_371_229, minor: 6_371_229 };
const spheroid = { major: 6_378_137, minor: 6_356_752.314 };

const cone = lambertConformal({
	earth: spheroid,
	latin1: 44,
	latin2: 50,
	origin: 45,
	meridian: 2,
});
const cylinder = mercator({ earth: spheroid, trueAt: 20, meridian: 0 });
const pole = { earth: sphere, south: false, trueAt: 60, meridian: 20 };
const north = polarStereographic(pole);
const south = polarStereographic({ ...pole, south: true, earth: spheroid });
const azimuth = lambertAzimuthal({
	earth: spheroid,
	latitude: 52,
	longitude: 10,
});

function grid(
	projection: Projection,
	changes: Partial<PlaneSection> = {},
	scanningMode = 64,
): PlaneGrid {
	const section = {
		columns: 37,
		rows: 29,
		latitude: 20,
		longitude: 330,
		dx: 150_000,
		dy: 170_000,
		scanning: readScanning(scanningMode),
		points: undefined,
		...changes,
	};
	return new PlaneGrid({ id: "plane", kind: "plane" }, section, projection);
}

const overPole = { latitude: 40, longitude: 335, dx: 300_000, dy: 330_000 };
const around = { latitude: -60, longitude: -180, dx: 1_000_000, dy: 600_000 };

const grids: [string, PlaneGrid][] = [
	["Lambert's cone", grid(cone)],
	["Lambert's cone, wide", grid(cone, { ...overPole, longitude: 270 })],
	["Mercator", grid(cylinder)],
	["Mercator, once around", grid(cylinder, around)],
	["from the north pole", grid(north, overPole)],
	["from the south pole", grid(south, { ...overPole, latitude: -45 })],
	["azimuthal", grid(azimuth)],
	["one point", grid(azimuth, { columns: 1, rows: 1 })],
	["one row", grid(azimuth, { rows: 1 })],
];

test.each(grids)("%s", (_, one) => {
	const brute = new Brute(one);
	for (const [latitude, longitude] of places(700, 5, brute.all)) {
		const where = `${latitude} ${longitude}`;
		const hits = one.nearest(latitude, longitude, 3);
		expect(hits[0]?.index, where).toBe(brute.nearest(latitude, longitude));
		const wanted = brute.nearestDistances(latitude, longitude, 3);
		expect(hits).toHaveLength(wanted.length);
		for (const [n, { distance }] of hits.entries())
			expect(distance, where).toBeCloseTo(wanted[n] ?? 9, 9);
	}
	for (const area of [
		box(-90, 90, 0, 360),
		box(30, 50, 340, 380),
		cap(90, 0, 20),
		cap(45, 0, 8),
		box(-3, -2, 0, 1),
	])
		expect([...one.inside(area)]).toEqual([...brute.inside(area)]);
});

test.each([0, 64, 128, 192, 96, 80, 48, 112, 240])(
	"scanning mode %i: values go on from the first point",
	(mode) => {
		const one = grid(azimuth, { columns: 4, rows: 3 }, mode);
		const { latitudes, longitudes } = one.coordinates(Uint32Array.of(0, 12));
		expect(latitudes[0]).toBeCloseTo(20, 6);
		expect(longitudes[0]).toBeCloseTo(330, 6);
		const run = mode & 0x20 ? 3 : 4;
		const [along, across] = [
			[1, run].map((at) => [
				Math.sign((latitudes[at] ?? 0) - 20),
				Math.sign((longitudes[at] ?? 0) - 330),
			]),
		].flat();
		const northward = mode & 0x40 ? 1 : -1;
		const eastward = mode & 0x80 ? -1 : 1;
		if (mode & 0x20) expect(along?.[0]).toBe(northward);
		else expect(along?.[1]).toBe(eastward);
		// Where runs go back and forth, the second begins beside the end of the first.
		const beside = mode & 0x10 ? run - 1 : 0;
		const apart = Math.hypot(
			(latitudes[run] ?? 0) - (latitudes[beside] ?? 0),
			(longitudes[run] ?? 0) - (longitudes[beside] ?? 0),
		);
		expect(apart).toBeLessThan(2);
		expect(across).toBeDefined();
		const brute = new Brute(one);
		const area = box(19, 21, 329, 333);
		expect([...one.inside(area)]).toEqual([...brute.inside(area)]);
	},
);

test("what cannot be is broken", () => {
	expect(() => grid(cone, { points: 5 })).toThrow(BrokenField);
	expect(() => grid(cone, { columns: 2 ** 31, rows: 2 ** 31 })).toThrow(
		BrokenField,
	);
	expect(() => grid(cone, { dx: 0 })).toThrow(BrokenField);
	expect(() => grid(azimuth, { dx: 5_000_000 })).toThrow("on no map");
	expect(() =>
		lambertConformal({
			earth: sphere,
			latin1: 30,
			latin2: -30,
			origin: 0,
			meridian: 0,
		}),
	).toThrow(BrokenField);
});
