import fc from "fast-check";
import { expect, test } from "vitest";
import { type Area, snap } from "../grid/area.ts";
import { Bounds } from "../grid/bounds.ts";
import { Brute, chance } from "../grid/brute.ts";
import type { Grid } from "../grid/grid.ts";
import { lambertConformal } from "../grid/lambert.ts";
import { latLonGrid } from "../grid/latlon.ts";
import { mercator } from "../grid/mercator.ts";
import { PlaneGrid } from "../grid/plane.ts";
import type { Projection } from "../grid/projection.ts";
import { readScanning } from "../grid/scanning.ts";
import { polarStereographic } from "../grid/stereographic.ts";
import { UnstructuredGrid } from "../grid/unstructured.ts";
import { boxArea, boxBetween } from "./box.ts";
import { degreeCircle, groundCircle, twelveCorners } from "./circle.ts";
import { corridor } from "./corridor.ts";
import { frameArea } from "./frame.ts";
import { groundCorridor } from "./groundcorridor.ts";
import { boundsOf } from "./intervals.ts";
import { polygonArea } from "./polygon.ts";
import { unrollTrack } from "./track.ts";

const earth = { major: 6_371_229, minor: 6_371_229 };

function plane(
	projection: Projection,
	place: { latitude: number; longitude: number; dx: number; dy: number },
): Grid {
	const section = {
		columns: 61,
		rows: 47,
		scanning: readScanning(64),
		points: undefined,
		...place,
	};
	return new PlaneGrid({ id: "plane", kind: "plane" }, section, projection);
}

function rotated(latitude: number, longitude: number): Grid {
	const section = {
		columns: 151,
		rows: 31,
		first: { latitude: 15_000_000, longitude: 340_000_000 },
		last: { latitude: -15_000_000, longitude: 20_000_000 },
		unit: 1e-6,
		rowStep: 1,
		gaussian: undefined,
		pl: undefined,
		scanning: readScanning(0),
		pole: { latitude, longitude, angle: 0 },
		points: 151 * 31,
	};
	return latLonGrid(section, "rotated");
}

/** Points all over the sphere, both poles and the seam among them. */
function scattered(count: number): Grid {
	const next = chance(7);
	const latitudes = Float64Array.from(
		{ length: count },
		() => (Math.asin(2 * next() - 1) * 180) / Math.PI,
	);
	const longitudes = latitudes.map(() => 360 * next());
	latitudes.set([90, -90, 0, 0, 10]);
	longitudes.set([7, 8, 0, 180, 20]);
	return new UnstructuredGrid("x", { latitudes, longitudes }, count);
}

const cone = lambertConformal({
	earth,
	latin1: 44,
	latin2: 50,
	origin: 45,
	meridian: 2,
});
const north = polarStereographic({
	earth,
	south: false,
	trueAt: 60,
	meridian: 20,
});
const grids: readonly (readonly [string, Grid])[] = [
	[
		"a cone over the seam",
		plane(cone, { latitude: 30, longitude: 335, dx: 70_000, dy: 70_000 }),
	],
	[
		"a map round the pole",
		plane(north, { latitude: 40, longitude: 335, dx: 200_000, dy: 220_000 }),
	],
	[
		"Mercator once around",
		plane(mercator({ earth, trueAt: 20, meridian: 0 }), {
			latitude: -60,
			longitude: -180,
			dx: 650_000,
			dy: 380_000,
		}),
	],
	["rotated", rotated(-40, 10)],
	["rotated, over the pole", rotated(0, 15)],
	["points in no order", scattered(2500)],
];

const latitude = fc.integer({ min: -90, max: 90 });
const longitude = fc.integer({ min: -400, max: 400 });
const corner = fc.record({ latitude, longitude });
const width = fc.integer({ min: 0, max: 40 });
const box = fc
	.tuple(latitude, longitude, width, width)
	.map(([south, west, high, wide]) =>
		boxBetween(
			{ latitude: south, longitude: west },
			{ latitude: Math.min(90, south + high), longitude: west + wide },
		),
	);
const circle = fc.record({ latitude, longitude, radius: width });
const track = fc.array(corner, { minLength: 1, maxLength: 4 }).map((way) => ({
	latitudes: Float64Array.from(way, (one) => one.latitude),
	longitudes: unrollTrack(way.map((one) => one.longitude)),
}));
const none = { low: 0, high: 0 };
const centred = (reach: number) => ({ low: -reach, high: reach });
const ring = fc
	.array(corner, { minLength: 3, maxLength: 6 })
	.map((corners) => ({
		latitudes: Float64Array.from(corners, (one) => one.latitude),
		longitudes: Float64Array.from(corners, (one) => one.longitude),
	}));

/** Of every kind of shape that a request may ask for. */
const shapes: fc.Arbitrary<Area> = fc.oneof(
	box.map(boxArea),
	fc.tuple(box, box).map(([outer, inner]) => frameArea(outer, inner)),
	circle.map(degreeCircle),
	circle.map(twelveCorners),
	circle.map((one) => groundCircle({ ...one, radius: one.radius * 111.2 })),
	fc
		.array(fc.array(ring, { minLength: 1, maxLength: 2 }), {
			minLength: 1,
			maxLength: 3,
		})
		.map((parts) => polygonArea(parts)),
	fc
		.tuple(
			track,
			fc.integer({ min: 0, max: 9 }),
			fc.constantFrom("round", "box"),
		)
		.map(([way, reach, profile]) => {
			const inflation = {
				latitude: centred(reach),
				longitude: centred(2 * reach),
				level: none,
				step: none,
			};
			return corridor(way, inflation, profile)(undefined, undefined);
		})
		.filter((area) => area !== undefined),
	fc
		.tuple(track, fc.integer({ min: 0, max: 2000 }))
		.map(([way, kilometres]) =>
			groundCorridor(way, { kilometres, level: none, step: none })(
				undefined,
				undefined,
			),
		)
		.filter((area) => area !== undefined),
);

test("what an area cuts out of any parallel lies within its bounds", () => {
	const rows = fc.array(
		fc.oneof(latitude, fc.double({ min: -90, max: 90, noNaN: true })),
		{ minLength: 1, maxLength: 30 },
	);
	let bounded = 0;
	fc.assert(
		fc.property(shapes, rows, (area, latitudes) => {
			const { longitudes } = area;
			if (longitudes === undefined) return;
			bounded += 1;
			for (const row of latitudes) {
				const found = area.intervals(row);
				for (let at = 0; at < found.length; at += 2) {
					const [west = 0, east = 0] = found.slice(at, at + 2);
					const held = longitudes.some((from, n) => {
						if (n % 2 === 1) return false;
						const to = (longitudes[n + 1] ?? 0) + 2 * snap;
						const begin = from - 2 * snap;
						return [-360, 0, 360].some(
							(turn) => west + turn >= begin && east + turn <= to,
						);
					});
					expect([row, west, east, held]).toEqual([row, west, east, true]);
				}
			}
		}),
		{ numRuns: 2000 },
	);
	expect(bounded).toBeGreaterThan(1000);
});

test.each(grids)(
	"areas on %s are what they are when all points are asked",
	(_, grid) => {
		const brute = new Brute(grid);
		fc.assert(
			fc.property(shapes, (area) => {
				expect([...grid.inside(area)]).toEqual([...brute.inside(area)]);
			}),
			{ numRuns: 80 },
		);
	},
);

test("many intervals become the one beside the widest gap", () => {
	const pairs = Array.from({ length: 40 }, (_, n) => [4 * n, 4 * n + 1]).flat();
	expect(boundsOf(pairs)).toEqual([0, 157]);
	const over = Array.from({ length: 40 }, (_, n) => [
		300 + 4 * n,
		301 + 4 * n,
	]).flat();
	expect(boundsOf(over)).toEqual([300, 457]);
	expect(boundsOf([0, 360])).toBeUndefined();
});

test("a box in the axes of the sphere holds the area", () => {
	const place = fc.tuple(
		latitude,
		fc.double({ min: 0, max: 1, noNaN: true }),
		fc.double({ min: 0, max: 1, noNaN: true }),
	);
	fc.assert(
		fc.property(box, place, (one, [, up, along]) => {
			const [box = new Float64Array(6)] = new Bounds(boxArea(one)).boxes();
			const y = ((one.south + up * (one.north - one.south)) * Math.PI) / 180;
			const x = ((one.west + along * (one.east - one.west)) * Math.PI) / 180;
			const at = [
				Math.cos(y) * Math.cos(x),
				Math.cos(y) * Math.sin(x),
				Math.sin(y),
			];
			for (const [axis, value] of at.entries()) {
				expect(value).toBeGreaterThanOrEqual((box[2 * axis] ?? 9) - 1e-12);
				expect(value).toBeLessThanOrEqual((box[2 * axis + 1] ?? -9) + 1e-12);
			}
		}),
	);
});
