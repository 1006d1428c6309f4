import type { Area } from "../../hypercube/grid/area.ts";

/** Longitude and latitude, degrees. */
export type Spot = readonly [longitude: number, latitude: number];

/** An area as it is drawn on the plane of longitude and latitude. */
export interface Outline {
	/** Polygons that fill it, without holes. */
	readonly fills: readonly (readonly Spot[])[];
	/** Lines along its edge. */
	readonly edges: readonly (readonly Spot[])[];
}

/** What an area cuts out of one parallel. */
interface Row {
	readonly latitude: number;
	/** `west0, east0, …`, ascending. */
	readonly ends: readonly number[];
}

/**
 * The outline of an area, from what it answers to grids itself: its intervals on parallels.
 * @param count how many parallels are looked at
 * @param middle longitudes are given in the turn about this one
 */
export function outlineOf(area: Area, count: number, middle: number): Outline {
	const look = (latitude: number): Row => ({
		latitude,
		ends: endsOf(area.intervals(latitude), middle),
	});
	const runs = runsOf(area, count, look);
	const nothing: Row = { latitude: 0, ends: [] };
	const caps = [nothing, ...runs.map((run) => run.at(-1) ?? nothing)].flatMap(
		(below, at) => capsOf(below, runs[at]?.[0] ?? nothing),
	);
	const sides = runs.flatMap(sidesOf);
	return {
		fills: sides.map(([west, east]) => [...west, ...east.toReversed()]),
		edges: [...sides.flat(), ...caps],
	};
}

/** Each interval in the turn in which it is nearest to the middle. */
function endsOf(intervals: readonly number[], middle: number): number[] {
	const ends: [number, number][] = [];
	for (let at = 0; at < intervals.length; at += 2) {
		const west = intervals[at] ?? 0;
		const east = intervals[at + 1] ?? 0;
		const shift = Math.round((middle - (west + east) / 2) / 360) * 360;
		ends.push([west + shift, east + shift]);
	}
	return ends.sort(([a], [b]) => a - b).flat();
}

/** Parallels from south to north, as runs of those with equally many intervals. */
function runsOf(
	{ south, north }: Area,
	count: number,
	look: (latitude: number) => Row,
): Row[][] {
	let run = [look(south)];
	const runs = [run];
	for (let at = 1; at <= count; at++) {
		// Closer to each other towards the ends, where round shapes turn.
		const part = (1 - Math.cos((Math.PI * at) / count)) / 2;
		const row = look(at === count ? north : south + (north - south) * part);
		const before = run.at(-1) ?? row;
		if (before.ends.length !== row.ends.length) {
			const [last, first] = between(before, row, look);
			run.push(last);
			run = [first];
			runs.push(run);
		}
		run.push(row);
	}
	return runs;
}

/** The two parallels, next to each other, where the number of intervals changes. */
function between(
	below: Row,
	above: Row,
	look: (latitude: number) => Row,
): [Row, Row] {
	let [low, high] = [below, above];
	while (high.latitude - low.latitude > 1e-7) {
		const row = look((low.latitude + high.latitude) / 2);
		if (row.ends.length === low.ends.length) low = row;
		else high = row;
	}
	return [low, high];
}

/** The western and the eastern side of each of a run's intervals. */
function sidesOf(run: readonly Row[]): [Spot[], Spot[]][] {
	const side = (at: number): Spot[] =>
		turnsOf(run.map(({ latitude, ends }) => [ends[at] ?? 0, latitude]));
	const intervals = (run[0]?.ends.length ?? 0) / 2;
	return Array.from({ length: intervals }, (_, n) => [
		side(2 * n),
		side(2 * n + 1),
	]);
}

/** The line without those of its spots that lie on the way from one to the next. */
function turnsOf(line: readonly Spot[]): Spot[] {
	const kept: Spot[] = [];
	line.forEach(([x, y], at) => {
		const [before, after] = [kept.at(-1), line[at + 1]];
		const off =
			before && after
				? (x - before[0]) * (after[1] - y) - (y - before[1]) * (after[0] - x)
				: 1;
		if (Math.abs(off) > 1e-6) kept.push([x, y]);
	});
	return kept;
}

/** The edge along a parallel: what belongs to the area on one side of it only. */
function capsOf(below: Row, above: Row): Spot[][] {
	const latitude = above.ends.length > 0 ? above.latitude : below.latitude;
	const ends = [...below.ends, ...above.ends].sort((a, b) => a - b);
	const caps: Spot[][] = [];
	for (let at = 0; at < ends.length; at += 2) {
		const [west = 0, east = 0] = [ends[at], ends[at + 1]];
		if (east - west < 1e-6) continue;
		caps.push([
			[west, latitude],
			[east, latitude],
		]);
	}
	return caps;
}
