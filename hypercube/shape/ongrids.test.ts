import fc from "fast-check";
import { expect, test } from "vitest";
import { Brute } from "../grid/brute.ts";
import type { Grid } from "../grid/grid.ts";
import { healpixGrid } from "../grid/healpix.ts";
import { rangesOf } from "../grid/ranges.ts";
import { evenLatitudes, regularRows } from "../grid/regular.ts";
import { RowGrid } from "../grid/rows.ts";
import { groundCircle } from "./circle.ts";
import { polygonArea } from "./polygon.ts";
import type { Ring } from "./ring.ts";
import { EARTH } from "./surface.ts";
import { angleOf, vectorOf } from "./vector.ts";

type Corner = readonly [latitude: number, longitude: number];

/** Two degrees, both poles. */
function twoDegrees(): Grid {
	const scanning = {
		iNegative: false,
		jPositive: false,
		jConsecutive: false,
		alternate: false,
	};
	const definition = {
		columns: 180,
		rows: 91,
		first: { latitude: 90, longitude: 0 },
		last: { latitude: -90, longitude: 358 },
		scanning,
	};
	const { rows, order } = regularRows(
		definition,
		evenLatitudes(definition, undefined),
	);
	const size = 180 * 91;
	return new RowGrid({ id: "two", kind: "regular_ll", size }, rows, order);
}

const GRIDS = [
	twoDegrees(),
	healpixGrid({ side: 16, nested: true, points: 12 * 256 }, "healpix"),
];

const ringOf = (corners: readonly Corner[]): Ring => ({
	latitudes: Float64Array.from(corners, ([latitude]) => latitude),
	longitudes: Float64Array.from(corners, ([, longitude]) => longitude),
});

/** Corners on points of the first grid, within half a turn of each other, the poles among them. */
const corner = fc.tuple(
	fc.integer({ min: -45, max: 45 }).map((n) => 2 * n),
	fc.integer({ min: 0, max: 89 }).map((n) => 2 * n),
);
const rings = fc.array(fc.array(corner, { minLength: 3, maxLength: 6 }), {
	minLength: 1,
	maxLength: 3,
});

/** Even-odd by a ray to the east over all edges; whole degrees are exact. Undefined nearer to an edge than rounding tells. */
function inside(
	rings: readonly (readonly Corner[])[],
	[y, x]: Corner,
): boolean | undefined {
	let odd = false;
	for (const ring of rings)
		for (const [at, [y0, x0]] of ring.entries()) {
			const [y1, x1] = ring[(at + 1) % ring.length] ?? [0, 0];
			const side = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0);
			const near =
				Math.min(x0, x1) - 1e-6 <= x &&
				x <= Math.max(x0, x1) + 1e-6 &&
				Math.min(y0, y1) - 1e-6 <= y &&
				y <= Math.max(y0, y1) + 1e-6;
			if (near && side === 0) return true;
			if (near && Math.abs(side) < 1e-4) return undefined;
			if (y0 <= y !== y1 <= y && side > 0 === y1 > y0) odd = !odd;
		}
	return odd;
}

test.each(GRIDS)(
	"polygons on $kind are even-odd sets of its points, wherever the seam lies",
	(grid) => {
		const { all } = new Brute(grid);
		fc.assert(
			fc.property(rings, fc.integer({ min: 0, max: 179 }), (shape, steps) => {
				const west = 2 * steps;
				const moved = shape.map((ring) =>
					ringOf(ring.map(([y, x]) => [y, (x + west) % 360])),
				);
				const found = grid.inside(polygonArea([moved]));
				const held = new Set<number>();
				for (let at = 0; at < found.length; at += 2)
					for (let n = found[at] ?? 0; n < (found[at + 1] ?? 0); n++)
						held.add(n);
				for (let at = 0; at < grid.size; at++) {
					const turned = ((all.longitudes[at] ?? 0) - west + 720) % 360;
					const place = [all.latitudes[at] ?? 0, turned] as const;
					// A corner at the western edge is met again a turn further on by none: the window is half a turn.
					const meant = inside(shape, place);
					if (meant !== undefined && held.has(at) !== meant)
						expect([at, place, held.has(at)]).toEqual([at, place, meant]);
				}
			}),
			{ numRuns: 40 },
		);
	},
);

test.each(GRIDS)(
	"circles in kilometres on $kind are what is near on the sphere",
	(grid) => {
		const { all } = new Brute(grid);
		fc.assert(
			fc.property(
				fc.integer({ min: -90, max: 90 }),
				fc.integer({ min: 0, max: 359 }),
				fc.integer({ min: 100, max: 9000 }),
				(latitude, longitude, radius) => {
					const found = grid.inside(
						groundCircle({ latitude, longitude, radius }),
					);
					const near: number[] = [];
					for (let at = 0; at < grid.size; at++) {
						const place = vectorOf(
							all.latitudes[at] ?? 0,
							all.longitudes[at] ?? 0,
						);
						if (angleOf(place, vectorOf(latitude, longitude)) * EARTH <= radius)
							near.push(at);
					}
					expect([...found]).toEqual([...rangesOf(near)]);
				},
			),
			{ numRuns: 30 },
		);
	},
);
