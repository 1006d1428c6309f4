import { TWELVE } from "./circle.ts";
import { corridor, type Section, sectionsOf } from "./corridor.ts";
import { type Part, polygonArea } from "./polygon.ts";
import type { Inflation, Reach, Track } from "./track.ts";

/** Values along the axes that a track has: latitude, longitude, then level and step if any. */
type Point = readonly number[];

/**
 * Polytope's corridors. Its box reaches from the path to one side only, by the whole inflation. Its round is the hull of
 * a regular 12-gon around the disc at both ends of each segment; with one more axis that of an icosahedron around the
 * ball. Longitudes are as written.
 */
export function polytopeCorridor(
	track: Track,
	inflation: Inflation,
	profile: "round" | "box",
): Section {
	if (profile === "box") return corridor(track, oneSided(inflation), "box");
	const bodies = bodiesOf(track, inflation);
	return sectionsOf(track, (level, step) => {
		const heights = [
			...(track.levels ? [level] : []),
			...(track.steps ? [step] : []),
		];
		const parts = bodies
			.map((body) => slice(body, heights))
			.filter((part) => part.length > 0);
		return parts.length > 0 ? polygonArea(parts, "written") : undefined;
	});
}

function oneSided(inflation: Inflation): Inflation {
	const side = ({ high }: Reach): Reach => ({ low: 0, high });
	return {
		latitude: side(inflation.latitude),
		longitude: side(inflation.longitude),
		level: side(inflation.level),
		step: side(inflation.step),
	};
}

function bodiesOf(
	track: Track,
	inflation: Inflation,
): readonly (readonly Point[])[] {
	const axes = [
		track.latitudes,
		track.longitudes,
		...(track.levels ? [track.levels] : []),
		...(track.steps ? [track.steps] : []),
	];
	const radii = [
		inflation.latitude.high,
		inflation.longitude.high,
		...(track.levels ? [inflation.level.high] : []),
		...(track.steps ? [inflation.step.high] : []),
	];
	const corners = axes.length === 2 ? TWELVE : ICOSAHEDRON;
	const around = (at: number): readonly Point[] =>
		corners.map((corner) =>
			corner.map(
				(offset, n) => (axes[n]?.[at] ?? 0) + offset * (radii[n] ?? 0),
			),
		);
	return Array.from({ length: track.latitudes.length - 1 }, (_, at) => [
		...around(at),
		...around(at + 1),
	]);
}

/** Cuts a body at the height of its last axis, then goes on with what is left, down to the plane. */
function slice(body: readonly Point[], heights: readonly number[]): Part {
	const height = heights.at(-1);
	if (height === undefined) return hull(body);
	const axis = 1 + heights.length;
	const above = body.filter((point) => (point[axis] ?? 0) >= height);
	const below = body.filter((point) => (point[axis] ?? 0) <= height);
	const cut = above.flatMap((a) =>
		below.map((b) => between(a, b, axis, height)),
	);
	return slice(cut, heights.slice(0, -1));
}

function between(a: Point, b: Point, axis: number, height: number): Point {
	const [top = 0, bottom = 0] = [a[axis], b[axis]];
	const part = top === bottom ? 0 : (height - bottom) / (top - bottom);
	return b.map((value, n) => value + part * ((a[n] ?? 0) - value));
}

/** The convex hull of points in the plane (Andrew's monotone chain), as a ring. */
function hull(points: readonly Point[]): Part {
	if (points.length === 0) return [];
	const sorted = points.toSorted(
		([ay = 0, ax = 0], [by = 0, bx = 0]) => ay - by || ax - bx,
	);
	const ring = [...chain(sorted), ...chain(sorted.toReversed())];
	return [
		{
			latitudes: Float64Array.from(ring, ([latitude]) => latitude ?? 0),
			longitudes: Float64Array.from(ring, ([, longitude]) => longitude ?? 0),
		},
	];
}

function chain(points: readonly Point[]): readonly Point[] {
	const kept: Point[] = [];
	for (const point of points) {
		while (kept.length > 1 && !turnsLeft(kept.at(-2), kept.at(-1), point))
			kept.pop();
		kept.push(point);
	}
	return kept.length > 1 ? kept.slice(0, -1) : kept;
}

function turnsLeft(
	[ay = 0, ax = 0]: Point = [],
	[by = 0, bx = 0]: Point = [],
	[cy = 0, cx = 0]: Point,
): boolean {
	return (by - ay) * (cx - ax) - (bx - ax) * (cy - ay) > 0;
}

/** Corners of the icosahedron around the unit ball, from the dihedral angle that Polytope takes for it. */
const ICOSAHEDRON: readonly Point[] = icosahedron();

function icosahedron(): readonly Point[] {
	const angle = (138.19 / 180) * Math.PI;
	const short = Math.tan(Math.PI / 3) / Math.tan(angle / 2);
	const long = (short * (1 + Math.sqrt(5))) / 2;
	const signs = [1, -1].flatMap((a) => [1, -1].map((b) => [a, b] as const));
	return [0, 1, 2].flatMap((turn) =>
		signs.map(([a, b]) => {
			const corner = [0, a * short, b * long];
			return corner.map((_, n) => corner[(n + turn) % 3] ?? 0);
		}),
	);
}
