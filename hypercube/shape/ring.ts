/** A closed line, its vertices in degrees as its author wrote them. The closing vertex may be left out. */
export interface Ring {
	readonly latitudes: Float64Array;
	readonly longitudes: Float64Array;
}

/** Edges from vertex to vertex on a plane of longitude and latitude, longitudes running on beyond a turn. */
export interface Edges {
	readonly south: number;
	readonly north: number;
	/** `latitude, longitude` of the vertices in order; the last one is the first one again, maybe turns further on. */
	readonly line: Float64Array;
}

/** How an edge finds from one longitude to the next. */
export type Unrolling = "shortest" | "written";

/**
 * Lays a ring on a plane. An edge that goes more than half a turn as written takes the short way round: from 350 to 10
 * it crosses the seam, and from 170 to -170 the date line. Whoever means the long way gives it a vertex in between. An
 * edge of exactly one turn, from -180 to 180, stays as written, unless it is the only such edge: then its two ends are
 * one place, where a ring closes that goes round a pole.
 *
 * A ring that after all has gone round once holds a pole: the one on its smaller side.
 */
export function unroll(ring: Ring, unrolling: Unrolling): Edges {
	const { latitudes, longitudes } = ring;
	const count = openCount(ring);
	const fullTurns = unrolling === "written" || countFullTurns(ring, count) > 1;
	const line = new Float64Array(2 * (count + 1));
	let turns = 0;
	let south = 90;
	let north = -90;
	for (let at = 0; at <= count; at++) {
		const latitude = latitudes[at % count] ?? 0;
		const longitude = longitudes[at % count] ?? 0;
		if (at > 0 && unrolling === "shortest")
			turns += turnsOf(longitude - (longitudes[at - 1] ?? 0), fullTurns);
		line[2 * at] = latitude;
		line[2 * at + 1] = longitude + 360 * turns;
		if (latitude < south) south = latitude;
		if (latitude > north) north = latitude;
	}
	return turns === 0 && line[1] === line.at(-1)
		? { south, north, line }
		: overPole({ south, north, line });
}

/** How many vertices there are without the one that repeats the first. */
function openCount({ latitudes, longitudes }: Ring): number {
	const last = latitudes.length - 1;
	const closed =
		last > 0 &&
		latitudes[last] === latitudes[0] &&
		longitudes[last] === longitudes[0];
	return closed ? last : latitudes.length;
}

function countFullTurns({ longitudes }: Ring, count: number): number {
	let full = 0;
	for (let at = 0; at < count; at++) {
		const step = (longitudes[(at + 1) % count] ?? 0) - (longitudes[at] ?? 0);
		if (Math.abs(step) === 360) full += 1;
	}
	return full;
}

/** Whole turns to add to a step of longitude, so that it goes the short way. */
function turnsOf(step: number, fullTurns: boolean): number {
	const length = Math.abs(step);
	if (length <= 180 || (length === 360 && fullTurns)) return 0;
	// Half a turn keeps its direction: rounding to even would not.
	return -Math.sign(step) * Math.ceil((length - 180) / 360);
}

/** Leads a ring that has gone round by the pole back to where it began, on the plane. */
function overPole({ south, north, line }: Edges): Edges {
	const pole = northward(line) ? 90 : -90;
	const closed = new Float64Array(line.length + 6);
	closed.set(line);
	closed.set(
		[pole, line.at(-1) ?? 0, pole, line[1] ?? 0, line[0] ?? 0, line[1] ?? 0],
		line.length,
	);
	return {
		south: Math.min(south, pole),
		north: Math.max(north, pole),
		line: closed,
	};
}

/** Whether less of the sphere lies north of a line that goes round than south of it. */
function northward(line: Float64Array): boolean {
	const round = (line.at(-1) ?? 0) - (line[1] ?? 0);
	return sineIntegral(line) / round >= 0;
}

/** The integral of the sine of latitude over longitude along a line, radians; of a closed line the area to its side. */
export function sineIntegral(line: Float64Array): number {
	let sum = 0;
	for (let at = 2; at < line.length; at += 2) {
		const from = line[at - 2] ?? 0;
		const to = line[at] ?? 0;
		const half = (((to - from) / 2) * Math.PI) / 180;
		const middle = (((to + from) / 2) * Math.PI) / 180;
		const mean = Math.sin(middle) * (half === 0 ? 1 : Math.sin(half) / half);
		sum +=
			mean * ((((line[at + 1] ?? 0) - (line[at - 1] ?? 0)) * Math.PI) / 180);
	}
	return sum;
}
