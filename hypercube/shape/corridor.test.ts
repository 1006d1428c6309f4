import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contains } from "../grid/area.ts";
import { corridor } from "./corridor.ts";
import { corridorSurface, groundCorridorSurface } from "./corridorsurface.ts";
import { groundCorridor } from "./groundcorridor.ts";
import { areaSurface, EARTH } from "./surface.ts";
import { type Reach, type Track, unrollTrack } from "./track.ts";
import { angleOf, mix, type Vector, vectorOf } from "./vector.ts";

type Row = readonly [number, number, number, number];

const NAMES = ["latitude", "longitude", "level", "step"] as const;
const radius = fc.double({ min: 0.05, max: 6, noNaN: true });
const vertex = fc.tuple(
	fc.integer({ min: -10, max: 10 }),
	fc.integer({ min: -10, max: 10 }),
	fc.integer({ min: 0, max: 5 }),
	fc.integer({ min: 0, max: 5 }),
);
const path = fc.array(vertex, { minLength: 1, maxLength: 5 });
const radii = fc.tuple(radius, radius, radius, radius);
const places = fc.array(
	fc.tuple(
		fc.integer({ min: -32, max: 32 }).map((n) => n / 2),
		fc.integer({ min: -32, max: 32 }).map((n) => n / 2),
		fc.integer({ min: 0, max: 5 }),
		fc.integer({ min: 0, max: 5 }),
	),
	{ minLength: 20, maxLength: 40 },
);
const west = fc.integer({ min: -400, max: 400 });

const reachOf = (radius = 0): Reach => ({ low: -radius, high: radius });
const trackOf = (rows: readonly Row[], west = 0): Track => ({
	latitudes: Float64Array.from(rows, ([y]) => y),
	longitudes: Float64Array.from(rows, ([, x]) => x + west),
	levels: Float64Array.from(rows, ([, , level]) => level),
	steps: Float64Array.from(rows, ([, , , step]) => step),
});
const inflationOf = ([y, x, level, step]: Row) => ({
	latitude: reachOf(y),
	longitude: reachOf(x),
	level: reachOf(level),
	step: reachOf(step),
});

/** How far from the path, in radii: the least over all of it, by searching each segment, whose distance is convex. */
function measure(
	rows: readonly Row[],
	place: Row,
	size: (offsets: readonly number[]) => number,
	radii: Row,
): number {
	let least = Infinity;
	for (let at = 0; at < Math.max(1, rows.length - 1); at++) {
		const from = rows[at] ?? place;
		const to = rows[at + 1] ?? from;
		const distance = (t: number) =>
			size(
				NAMES.map((_, axis) => {
					const start = from[axis] ?? 0;
					const there = start + t * ((to[axis] ?? 0) - start);
					return ((place[axis] ?? 0) - there) / (radii[axis] ?? 1);
				}),
			);
		let [low, high] = [0, 1];
		for (let turn = 0; turn < 60; turn++) {
			const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
			if (distance(a) < distance(b)) high = b;
			else low = a;
		}
		least = Math.min(least, distance(low), distance(0), distance(1));
	}
	return least;
}

describe("a corridor", () => {
	test.each([
		["round", (offsets: readonly number[]) => Math.hypot(...offsets)],
		["box", (offsets: readonly number[]) => Math.max(...offsets.map(Math.abs))],
	] as const)(
		"that is %s holds what lies near enough to its path, in four dimensions",
		(profile, size) => {
			fc.assert(
				fc.property(path, radii, places, west, (rows, reach, points, west) => {
					const section = corridor(
						trackOf(rows, west),
						inflationOf(reach),
						profile,
					);
					for (const point of points) {
						const far = measure(rows, point, size, reach);
						if (Math.abs(far - 1) < 1e-6) continue;
						const area = section(point[2], point[3]);
						const held = area
							? contains(area, point[0], point[1] + west)
							: false;
						expect([point, held]).toEqual([point, far < 1]);
					}
				}),
				{ numRuns: 200 },
			);
		},
	);

	test("of no width is its path", () => {
		const track = {
			latitudes: Float64Array.of(0, 10),
			longitudes: Float64Array.of(0, 20),
		};
		for (const profile of ["round", "box"] as const) {
			const area = corridor(
				track,
				inflationOf([0, 0, 0, 0]),
				profile,
			)(undefined, undefined);
			expect(area && contains(area, 5, 10)).toBe(true);
			expect(area && contains(area, 5, 10.01)).toBe(false);
		}
	});

	test("goes the short way over the seam", () => {
		const track = {
			latitudes: Float64Array.of(50, 50, 52),
			longitudes: unrollTrack([359, 1, 359.5]),
		};
		const area = corridor(
			track,
			inflationOf([0.5, 0.5, 0, 0]),
			"round",
		)(undefined, undefined);
		expect(area?.intervals(50)).toEqual([358.5, 361.5]);
	});

	test("cuts nothing out of a field without the level that it asks for", () => {
		const section = corridor(
			trackOf([[0, 0, 1, 1]]),
			inflationOf([1, 1, 1, 1]),
			"box",
		);
		expect(section(undefined, 1)).toBeUndefined();
		expect(section(3, 1)).toBeUndefined();
		expect(section(2, 1)).toBeDefined();
	});
});

/** Radians from the great-circle path, by searching along it. */
function offPath(ends: readonly Vector[], place: Vector): number {
	let least = Infinity;
	for (let at = 0; at < Math.max(1, ends.length - 1); at++) {
		const from = ends[at] ?? place;
		const to = ends[at + 1] ?? from;
		const angle = angleOf(from, to);
		const there = (t: number): Vector =>
			angle < 1e-9
				? from
				: mix(
						from,
						Math.sin((1 - t) * angle) / Math.sin(angle),
						to,
						Math.sin(t * angle) / Math.sin(angle),
					);
		let best = 0;
		for (let n = 0; n <= 100; n++)
			if (angleOf(there(n / 100), place) < angleOf(there(best), place))
				best = n / 100;
		let [low, high] = [Math.max(0, best - 0.01), Math.min(1, best + 0.01)];
		for (let turn = 0; turn < 40; turn++) {
			const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
			if (angleOf(there(a), place) < angleOf(there(b), place)) high = b;
			else low = a;
		}
		least = Math.min(least, angleOf(there(low), place));
	}
	return least;
}

describe("a corridor in kilometres", () => {
	const spot = fc.tuple(
		fc.oneof(
			fc.integer({ min: -90, max: 90 }),
			fc.constantFrom(90, -90, 89, 0),
		),
		fc.integer({ min: -180, max: 540 }),
	);
	test("holds what lies near enough to its great circles, over poles and seam", () => {
		fc.assert(
			fc.property(
				fc.array(spot, { minLength: 1, maxLength: 3 }),
				fc.double({ min: 20, max: 4000, noNaN: true }),
				fc.array(spot, { minLength: 20, maxLength: 20 }),
				(rows, kilometres, points) => {
					const ends = rows.map(([y, x]) => vectorOf(y, x));
					fc.pre(
						ends.every((end, at) => angleOf(end, ends[at + 1] ?? end) < 3.1),
					);
					const track = {
						latitudes: Float64Array.from(rows, ([y]) => y),
						longitudes: Float64Array.from(rows, ([, x]) => x),
					};
					const inflation = { kilometres, level: reachOf(), step: reachOf() };
					const area = groundCorridor(track, inflation)(undefined, undefined);
					for (const [y, x] of points) {
						const far = offPath(ends, vectorOf(y, x)) * EARTH;
						if (Math.abs(far - kilometres) < 0.001) continue;
						expect([y, x, area && contains(area, y, x)]).toEqual([
							y,
							x,
							far < kilometres,
						]);
					}
				},
			),
			{ numRuns: 300 },
		);
	});

	test("ends at the reach of its levels", () => {
		const track = {
			latitudes: Float64Array.of(0, 0),
			longitudes: Float64Array.of(0, 10),
			levels: Float64Array.of(0, 100),
		};
		const inflation = { kilometres: 1, level: reachOf(10), step: reachOf() };
		const cut =
			groundCorridor(track, inflation)(50, undefined)?.intervals(0) ?? [];
		expect(cut[0]).toBeCloseTo(4, 1);
		expect(cut[1]).toBeCloseTo(6, 1);
	});
});

test("surfaces of corridors are never less than the truth, and near it for a simple one", () => {
	fc.assert(
		fc.property(path, radii, (rows, reach) => {
			const track = trackOf(rows);
			const inflation = inflationOf(reach);
			const flat = { latitudes: track.latitudes, longitudes: track.longitudes };
			for (const profile of ["round", "box"] as const) {
				const area = corridor(flat, inflation, profile)(undefined, undefined);
				const truth = area ? areaSurface(area) : 0;
				const told = corridorSurface(flat, inflation, profile);
				expect(told).toBeGreaterThan(truth * 0.99);
				if (rows.length < 3) expect(told).toBeLessThan(truth * 1.2 + 1);
			}
		}),
		{ numRuns: 30 },
	);
	const line = {
		latitudes: Float64Array.of(10, 40),
		longitudes: Float64Array.of(0, 60),
	};
	const inflation = { kilometres: 500, level: reachOf(), step: reachOf() };
	const area = groundCorridor(line, inflation)(undefined, undefined);
	const truth = area ? areaSurface(area) : 0;
	expect(groundCorridorSurface(line, 500) / truth).toBeCloseTo(1, 3);
});

test("a path that goes to and fro thousands of times is refused before it takes minutes, on the ground and in degrees", () => {
	const count = 10_000;
	const zigzag = {
		latitudes: Float64Array.from({ length: count }, (_, at) =>
			at % 2 === 0 ? -60 : 60,
		),
		longitudes: Float64Array.from({ length: count }, (_, at) => at / 30),
	};
	const reach = { kilometres: 10, level: reachOf(), step: reachOf() };
	const ground = groundCorridor(zigzag, reach)(undefined, undefined);
	const flat = corridor(
		zigzag,
		inflationOf([0.1, 0.1, 1, 1]),
		"round",
	)(undefined, undefined);
	for (const area of [ground, flat])
		expect(() => {
			for (let row = -50; row < 50; row += 0.1) area?.intervals(row);
		}).toThrow("goes to and fro too often");
});
