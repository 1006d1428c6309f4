import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contains } from "../grid/area.ts";
import { type Part, polygonArea } from "./polygon.ts";
import type { Ring } from "./ring.ts";

type Corner = readonly [latitude: number, longitude: number];

const ringOf = (corners: readonly Corner[]): Ring => ({
	latitudes: Float64Array.from(corners, ([latitude]) => latitude),
	longitudes: Float64Array.from(corners, ([, longitude]) => longitude),
});

/** Whole degrees, so that the oracle's arithmetic is exact; few of them, so that corners meet rows, edges and each other. */
const corner = fc.tuple(
	fc.integer({ min: -8, max: 8 }),
	fc.integer({ min: -8, max: 8 }),
);
const corners = fc.array(corner, { minLength: 1, maxLength: 9 });
const parts = fc.array(fc.array(corners, { minLength: 1, maxLength: 3 }), {
	minLength: 1,
	maxLength: 3,
});

/** Even-odd with boundaries, by another way than the code's: all edges, a ray to the east, integers. */
function inside(
	rings: readonly (readonly Corner[])[],
	[y, x]: Corner,
): boolean {
	let odd = false;
	for (const ring of rings)
		for (const [at, [y0, x0]] of ring.entries()) {
			const [y1, x1] = ring[(at + 1) % ring.length] ?? [0, 0];
			const side = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0);
			const between =
				Math.min(x0, x1) <= x &&
				x <= Math.max(x0, x1) &&
				Math.min(y0, y1) <= y &&
				y <= Math.max(y0, y1);
			if (side === 0 && between) return true;
			if (y0 <= y !== y1 <= y && side > 0 === y1 > y0) odd = !odd;
		}
	return odd;
}

/** Points on the corners' lattice and between. */
const LATTICE: readonly Corner[] = Array.from({ length: 37 * 37 }, (_, at) => [
	Math.floor(at / 37) / 2 - 9,
	(at % 37) / 2 - 9,
]);

const areaOf = (
	polygons: readonly (readonly (readonly Corner[])[])[],
	turn = 0,
) =>
	polygonArea(
		polygons.map((rings) =>
			rings.map((ring) =>
				ringOf(
					ring.map(([latitude, longitude]) => [latitude, longitude + turn]),
				),
			),
		),
	);

/** Which points of the lattice lie in it. */
const picture = (
	area: ReturnType<typeof areaOf>,
	[south, west]: Corner = [0, 0],
): string =>
	LATTICE.map(([latitude, longitude]) =>
		contains(area, latitude + south, longitude + west) ? "x" : ".",
	).join("");

describe("polygons", () => {
	test("hold what exact arithmetic says: holes, crossings, corners on points, edges along rows", () => {
		fc.assert(
			fc.property(parts, (polygons) => {
				const meant = LATTICE.map((place) =>
					polygons.some((rings) => inside(rings, place)) ? "x" : ".",
				).join("");
				expect(picture(areaOf(polygons))).toBe(meant);
			}),
			{ numRuns: 150 },
		);
	});

	test("are the same wherever the seam lies", () => {
		fc.assert(
			fc.property(
				parts,
				fc.integer({ min: -3, max: 3 }),
				fc.integer({ min: -180, max: 180 }),
				(polygons, turns, west) => {
					const moved = areaOf(polygons, west + 360 * turns);
					expect(picture(moved, [0, west])).toBe(picture(areaOf(polygons)));
				},
			),
		);
	});

	test("do not depend on the order of rings, where a ring starts, which way it goes, whether it is closed", () => {
		fc.assert(
			fc.property(parts, fc.nat(9), fc.boolean(), (polygons, start, back) => {
				const turned = polygons.toReversed().map((rings) =>
					rings.toReversed().map((ring) => {
						const from = start % ring.length;
						const moved = [...ring.slice(from), ...ring.slice(0, from)];
						const directed = back ? moved.toReversed() : moved;
						return [...directed, ...directed.slice(0, 1)];
					}),
				);
				expect(picture(areaOf(turned))).toBe(picture(areaOf(polygons)));
			}),
		);
	});

	test("may have longitudes of any turn, vertex by vertex", () => {
		fc.assert(
			fc.property(
				fc.array(corner, { minLength: 3, maxLength: 8 }),
				fc.integer({ min: 1, max: 359 }),
				(ring, west) => {
					const folded = ring.map(
						([latitude, longitude]): Corner => [
							latitude,
							(longitude + west + 360) % 360,
						],
					);
					expect(picture(areaOf([[folded]]), [0, west])).toBe(
						picture(areaOf([[ring]])),
					);
				},
			),
		);
	});

	test("are united where they are parts", () => {
		fc.assert(
			fc.property(corners, corners, (a, b) => {
				const [first, second] = [
					picture(areaOf([[a]])),
					picture(areaOf([[b]])),
				];
				const both = [...first].map((mark, at) =>
					mark === "x" ? "x" : (second[at] ?? ""),
				);
				expect(picture(areaOf([[a], [b]]))).toBe(both.join(""));
				expect(picture(areaOf([[a], [a]]))).toBe(first);
			}),
		);
	});

	test("are what a chord cuts them into, and the chord", () => {
		fc.assert(
			fc.property(corners, fc.nat(8), (ring, to) => {
				const at = to % ring.length;
				const chord = [ring[0] ?? [0, 0], ring[at] ?? [0, 0]] as const;
				const halves = [ring.slice(0, at + 1), [...ring.slice(at), chord[0]]];
				const whole = picture(areaOf([[ring]]));
				const line = picture(areaOf([[chord]]));
				const either = [...whole].map((mark, n) =>
					line[n] === "x" ? "x" : mark,
				);
				expect(picture(areaOf([halves]))).toBe(either.join(""));
			}),
		);
	});

	test("hold the pole that they go round, on their smaller side", () => {
		const edge = fc.uniqueArray(fc.integer({ min: 0, max: 35 }), {
			minLength: 5,
			maxLength: 12,
		});
		fc.assert(
			fc.property(
				edge,
				fc.integer({ min: 1, max: 80 }),
				fc.boolean(),
				(tens, least, south) => {
					const round = tens.toSorted((a, b) => a - b).map((ten) => ten * 10);
					const gaps = round.map(
						(at, n) => (round[n + 1] ?? 360 + (round[0] ?? 0)) - at,
					);
					fc.pre(gaps.every((gap) => gap < 180));
					const sign = south ? -1 : 1;
					const height = (n: number) => sign * (least + (n % 3) * 3);
					const ring = round.map(
						(longitude, n): Corner => [height(n), longitude],
					);
					const area = areaOf([[ring]]);
					for (let longitude = 0; longitude < 360; longitude += 7) {
						expect(contains(area, sign * 90, longitude)).toBe(true);
						const n = round.findLastIndex((at) => at <= longitude);
						const from = n < 0 ? round.length - 1 : n;
						const gone = (longitude - (round[from] ?? 0) + 360) % 360;
						const to = (from + 1) % round.length;
						const bound =
							height(from) +
							((height(to) - height(from)) * gone) / (gaps[from] ?? 1);
						expect(contains(area, bound + sign * 0.01, longitude)).toBe(true);
						expect(contains(area, bound - sign * 0.01, longitude)).toBe(false);
					}
				},
			),
		);
	});

	test.each<[string, readonly Corner[], readonly Corner[], readonly Corner[]]>([
		[
			"crosses the seam",
			[
				[50, 350],
				[50, 10],
				[60, 10],
				[60, 350],
			],
			[
				[55, 355],
				[55, 0],
				[50, 10],
			],
			[
				[55, 20],
				[55, 180],
			],
		],
		[
			"crosses the date line",
			[
				[50, 170],
				[50, -170],
				[60, -170],
				[60, 170],
			],
			[
				[55, 180],
				[55, -175],
			],
			[[55, 0]],
		],
		[
			"is a band round the globe",
			[
				[-60, -180],
				[-60, 180],
				[60, 180],
				[60, -180],
			],
			[
				[0, 0],
				[60, 180],
				[-60, 77],
			],
			[
				[61, 0],
				[-61, 5],
			],
		],
		[
			"is a band that starts elsewhere",
			[
				[-60, 180],
				[60, 180],
				[60, -180],
				[-60, -180],
			],
			[
				[0, 0],
				[60, 180],
			],
			[[61, 0]],
		],
		[
			"closes a full turn further on",
			[
				[80, 0],
				[80, 90],
				[80, 180],
				[80, 270],
				[80, 360],
			],
			[
				[85, 45],
				[90, 0],
				[80, 1],
			],
			[
				[79, 45],
				[-90, 0],
			],
		],
		[
			"has a point only",
			[[10, 20]],
			[[10, 20]],
			[
				[10, 21],
				[11, 20],
			],
		],
		[
			"has no height",
			[
				[10, 20],
				[10, 30],
			],
			[[10, 25]],
			[
				[11, 25],
				[10, 31],
			],
		],
	])("one that %s", (_, ring, within, without) => {
		const area = areaOf([[ring]]);
		for (const [y, x] of within)
			expect([y, x, contains(area, y, x)]).toEqual([y, x, true]);
		for (const [y, x] of without)
			expect([y, x, contains(area, y, x)]).toEqual([y, x, false]);
	});

	test("keep what decimal fractions mean", () => {
		const area = areaOf([
			[
				[
					[0.1, 0.1],
					[0.1, 0.7],
					[0.7, 0.7],
					[0.7, 0.1],
				],
			],
		]);
		expect(contains(area, 0.1 * 7, 0.1 * 3)).toBe(true);
		expect(contains(area, 0.3 - 0.2, 0.1 + 0.2)).toBe(true);
	});

	test("promise their form of intervals", () => {
		fc.assert(
			fc.property(
				parts,
				fc.integer({ min: -400, max: 400 }),
				(polygons, west) => {
					const area = areaOf(polygons, west);
					for (let y = -8; y <= 8; y += 0.5) {
						const row = area.intervals(y);
						let last = -1;
						for (let at = 0; at < row.length; at += 2) {
							const [from = 0, to = 0] = row.slice(at, at + 2);
							expect(from).toBeGreaterThan(last);
							expect(from).toBeLessThan(360);
							expect(to).toBeGreaterThanOrEqual(from);
							last = to;
						}
						if (row.length > 2) expect(last).toBeLessThan((row[0] ?? 0) + 360);
					}
				},
			),
		);
	});

	test("of a million corners are cut in a time that is that of their crossings", () => {
		const count = 1_000_000;
		const latitudes = new Float64Array(count);
		const longitudes = new Float64Array(count);
		for (let at = 0; at < count; at++) {
			const angle = (2 * Math.PI * at) / count;
			latitudes[at] = 40 * Math.sin(angle);
			longitudes[at] = 10 + 60 * Math.cos(angle);
		}
		const part: Part = [{ latitudes, longitudes }];
		const area = polygonArea([part]);
		const begun = process.cpuUsage();
		for (let row = 0; row < 10_000; row++)
			expect(area.intervals(-39.9 + row * 0.00798).length).toBeLessThan(5);
		// Of the processor: other work on the machine does not count.
		const { user, system } = process.cpuUsage(begun);
		expect((user + system) / 1e6).toBeLessThan(5);
	});
});
