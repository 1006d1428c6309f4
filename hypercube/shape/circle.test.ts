import fc from "fast-check";
import { expect, test } from "vitest";
import { contains } from "../grid/area.ts";
import { boxBetween } from "./box.ts";
import {
	type Circle,
	degreeCircle,
	degreeCircleSurface,
	distance,
	groundCircle,
	groundCircleSurface,
	twelveCorners,
} from "./circle.ts";
import { frameArea, frameSurface } from "./frame.ts";
import { polygonArea } from "./polygon.ts";
import { polygonSurface } from "./polygonsurface.ts";
import { areaSurface, boxSurface, EARTH } from "./surface.ts";
import { angleOf, vectorOf } from "./vector.ts";

const place = fc.record({
	latitude: fc.integer({ min: -90, max: 90 }),
	longitude: fc.integer({ min: -360, max: 720 }),
});

test("a circle in kilometres holds what is near enough on the sphere", () => {
	fc.assert(
		fc.property(
			place,
			fc.double({ min: 0.1, max: 20_100, noNaN: true }),
			fc.array(place, { minLength: 30, maxLength: 30 }),
			(centre, radius, points) => {
				const area = groundCircle({ ...centre, radius });
				for (const point of points) {
					const far =
						EARTH *
						angleOf(
							vectorOf(centre.latitude, centre.longitude),
							vectorOf(point.latitude, point.longitude),
						);
					// Towards the antipode the last bit of a haversine is decimetres.
					if (Math.abs(far - radius) < 1e-3) continue;
					expect(contains(area, point.latitude, point.longitude)).toBe(
						far < radius,
					);
					expect(distance(centre, point) * EARTH).toBeCloseTo(far, 3);
				}
			},
		),
	);
});

test("a circle that ends at a pole holds it in every longitude", () => {
	const globe = groundCircle({ latitude: 90, longitude: 0, radius: 20_016 });
	const half = groundCircle({
		latitude: 0,
		longitude: 10,
		radius: (EARTH * Math.PI) / 2,
	});
	for (const longitude of [0, 1, 180, 359])
		for (const area of [globe, half])
			expect(contains(area, -90, longitude)).toBe(true);
});

test("a circle in degrees is one on the plane of latitude and longitude", () => {
	fc.assert(
		fc.property(
			place,
			fc.integer({ min: 0, max: 40 }),
			place,
			(centre, radius, point) => {
				const beside =
					((((point.longitude - centre.longitude) % 360) + 540) % 360) - 180;
				const far = Math.hypot(point.latitude - centre.latitude, beside);
				const area = degreeCircle({ ...centre, radius });
				expect(contains(area, point.latitude, point.longitude)).toBe(
					far <= radius,
				);
				if (far <= radius)
					expect(
						contains(
							twelveCorners({ ...centre, radius }),
							point.latitude,
							point.longitude,
						),
					).toBe(true);
			},
		),
	);
});

test("Polytope's circle reaches a little further", () => {
	const circle: Circle = { latitude: 50, longitude: 10, radius: 4 };
	expect(contains(degreeCircle(circle), 54.1, 10)).toBe(false);
	expect(contains(twelveCorners(circle), 54.1, 10)).toBe(true);
	expect(contains(twelveCorners(circle), 54.2, 10)).toBe(false);
});

test("a frame is the outer box without the inside of the inner one", () => {
	const box = fc.tuple(place, place).map(([a, b]) => boxBetween(a, b));
	fc.assert(
		fc.property(box, box, place, (outer, inner, { latitude, longitude }) => {
			const turn = (west: number) =>
				west + ((((longitude - west) % 360) + 360) % 360);
			const inOuter =
				latitude >= outer.south &&
				latitude <= outer.north &&
				turn(outer.west) <= outer.east;
			const east = turn(inner.west);
			const inInner =
				latitude > inner.south &&
				latitude < inner.north &&
				(inner.east - inner.west > 360 ||
					(inner.east - inner.west === 360
						? true
						: east > inner.west && east < inner.east));
			expect(contains(frameArea(outer, inner), latitude, longitude)).toBe(
				inOuter && !inInner,
			);
		}),
		{ numRuns: 1000 },
	);
});

test("surfaces are those of the sphere", () => {
	const whole = { south: -90, north: 90, west: -180, east: 180 };
	const globe = 4 * Math.PI * EARTH ** 2;
	expect(boxSurface(whole) / globe).toBeCloseTo(1, 12);
	expect(
		groundCircleSurface({ latitude: 0, longitude: 0, radius: 30_000 }) / globe,
	).toBeCloseTo(1, 12);
	const inner = { south: -45, north: 45, west: 0, east: 90 };
	expect(frameSurface(whole, inner) / globe).toBeCloseTo(
		1 - Math.SQRT1_2 / 4,
		9,
	);
	for (const latitude of [0, 50, 85, -88]) {
		const circle = { latitude, longitude: 7, radius: 6 };
		expect(
			degreeCircleSurface(circle) / areaSurface(degreeCircle(circle)),
		).toBeCloseTo(1, 3);
		const ground = { ...circle, radius: 900 };
		expect(
			groundCircleSurface(ground) / areaSurface(groundCircle(ground)),
		).toBeCloseTo(1, 3);
	}
});

test("a polygon's surface counts no holes, and is no nothing where it crosses itself", () => {
	const ring = (...corners: readonly (readonly [number, number])[]) => ({
		latitudes: Float64Array.from(corners, ([y]) => y),
		longitudes: Float64Array.from(corners, ([, x]) => x),
	});
	const square = ring([0, 0], [0, 10], [10, 10], [10, 0]);
	const hole = ring([2, 2], [8, 2], [8, 8], [2, 8]);
	const parts = [[square, hole]];
	const meant =
		boxSurface({ south: 0, north: 10, west: 0, east: 10 }) -
		boxSurface({ south: 2, north: 8, west: 2, east: 8 });
	expect(polygonSurface(parts, polygonArea(parts)) / meant).toBeCloseTo(1, 12);
	const island = ring([4, 4], [4, 6], [6, 6], [6, 4]);
	const apart = ring([0, 20], [0, 25], [5, 25], [5, 20]);
	const rings = [[apart, island, hole, square]];
	const added =
		boxSurface({ south: 4, north: 6, west: 4, east: 6 }) +
		boxSurface({ south: 0, north: 5, west: 20, east: 25 });
	expect(
		polygonSurface(rings, polygonArea(rings)) / (meant + added),
	).toBeCloseTo(1, 12);
	const bow = [[ring([0, 0], [10, 10], [10, 0], [0, 10])]];
	const half = boxSurface({ south: 0, north: 10, west: 0, east: 10 }) / 2;
	expect(polygonSurface(bow, polygonArea(bow)) / half).toBeCloseTo(1, 2);
	const cap = [[ring([60, 0], [60, 120], [60, -120])]];
	const round = boxSurface({ south: 60, north: 90, west: 0, east: 360 });
	expect(polygonSurface(cap, polygonArea(cap)) / round).toBeCloseTo(1, 9);
});
