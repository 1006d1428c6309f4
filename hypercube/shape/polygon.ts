import { type Area, snap } from "../grid/area.ts";
import { RequestError } from "../mars/errors.ts";
import { boundsOf, disjoint, fold, WHOLE } from "./intervals.ts";
import { type Edges, type Ring, type Unrolling, unroll } from "./ring.ts";
import { Spans } from "./spans.ts";

/** Rings of which a place lies inside when it lies inside an odd number of them: outlines, holes, islands in holes. */
export type Part = readonly Ring[];

/**
 * The area of polygons: what lies in any of the parts, each cut out by its rings (even-odd), boundaries included. Edges
 * are straight in latitude and longitude; {@link unroll} says how they cross the seam and go round poles.
 *
 * A parallel costs the logarithm of the number of edges, and those that it crosses.
 */
export function polygonArea(
	parts: readonly Part[],
	unrolling: Unrolling = "shortest",
): Area {
	const lines = parts.map((rings) =>
		rings
			.filter((ring) => ring.latitudes.length > 0)
			.map((ring) => unroll(ring, unrolling)),
	);
	return new Polygons(lines);
}

class Polygons implements Area {
	readonly south: number;
	readonly north: number;
	readonly #lines: readonly (readonly Edges[])[];
	/** Made when a parallel is first asked for: whoever only checks a request needs none of it. */
	#indexed: Indexed | undefined;
	#longitudes: { readonly bounds: readonly number[] | undefined } | undefined;
	readonly #found: number[] = [];
	#crossed = 0;

	constructor(lines: readonly (readonly Edges[])[]) {
		const rings = lines.flat();
		this.south = rings.reduce((least, { south }) => Math.min(least, south), 90);
		this.north = rings.reduce((most, { north }) => Math.max(most, north), -90);
		this.#lines = lines;
	}

	get longitudes(): readonly number[] | undefined {
		this.#longitudes ??= { bounds: boundsOf(this.#lines.flat().flatMap(span)) };
		return this.#longitudes.bounds;
	}

	intervals(latitude: number): readonly number[] {
		this.#indexed ??= indexOf(this.#lines);
		const { edges, parts, index } = this.#indexed;
		const found = this.#found;
		found.length = 0;
		index.search(latitude - snap, latitude + snap, found);
		if (found.length === 0) return [];
		if (found.length > RAGGED) this.#count(found.length);
		if (parts) found.sort((a, b) => (parts[a] ?? 0) - (parts[b] ?? 0));
		const row: Row = { latitude, edges, pairs: [] };
		for (let from = 0; from < found.length; ) {
			let to = parts ? from + 1 : found.length;
			while (to < found.length && sameAt(parts, found, from, to)) to += 1;
			cut(row, found, from, to);
			from = to;
		}
		return disjoint(row.pairs);
	}

	#count(crossed: number): void {
		this.#crossed += crossed;
		if (this.#crossed > MOST_CROSSED)
			throw new RequestError([
				`The shape goes to and fro too often: its edges cross ${crossed} times at a single latitude. Simplify it, or ask for its parts`,
			]);
	}
}

/** The least and the greatest longitude of a ring, on its plane. */
function span({ line }: Edges): [west: number, east: number] {
	let west = Infinity;
	let east = -Infinity;
	for (let at = 1; at < line.length; at += 2) {
		west = Math.min(west, line[at] ?? 0);
		east = Math.max(east, line[at] ?? 0);
	}
	return [west, east];
}

/** A parallel that meets more edges is a ragged one: the outline of a continent meets some dozens. */
const RAGGED = 1000;

/** Edges that all ragged parallels may meet together: seconds. */
const MOST_CROSSED = 1e7;

/** All edges, and where to find those of a parallel. */
interface Indexed {
	/** `latitude, longitude` of both ends of each edge. */
	readonly edges: Float64Array;
	/** The part that each edge is of; undefined where there is only one. */
	readonly parts: Uint32Array | undefined;
	readonly index: Spans;
}

/** A parallel while it is being cut. */
interface Row {
	readonly latitude: number;
	readonly edges: Float64Array;
	/** What was found of it, west and east. */
	readonly pairs: number[];
}

function sameAt(
	parts: Uint32Array | undefined,
	found: readonly number[],
	a: number,
	b: number,
): boolean {
	return parts?.[found[a] ?? 0] === parts?.[found[b] ?? 0];
}

/**
 * Cuts the row by the edges `found[from]` to `found[to]` of one part. Vertices within {@link snap} of the row lie on it.
 * What is inside is told by the edges that cross the row or lead upwards from it; what touches the row belongs to it.
 */
function cut(
	row: Row,
	found: readonly number[],
	from: number,
	to: number,
): void {
	const { latitude, edges, pairs } = row;
	const crossings: number[] = [];
	let inside = 0;
	for (let at = from; at < to; at++) {
		const edge = 4 * (found[at] ?? 0);
		const above = (edges[edge] ?? 0) - latitude;
		const aboveNext = (edges[edge + 2] ?? 0) - latitude;
		const longitude = edges[edge + 1] ?? 0;
		const longitudeNext = edges[edge + 3] ?? 0;
		touch(pairs, above, aboveNext, longitude, longitudeNext);
		if (above > snap === aboveNext > snap) continue;
		const part = Math.max(0, Math.min(1, above / (above - aboveNext)));
		const crossing = longitude + part * (longitudeNext - longitude);
		const folded = fold(crossing);
		crossings.push(folded);
		// How often the turns before this crossing began inside: what decides at longitude 0.
		inside += Math.round((crossing - folded) / 360);
	}
	pairUp(crossings, inside % 2 !== 0, pairs);
}

/** Edges along the row, and vertices on it. */
function touch(
	pairs: number[],
	above: number,
	aboveNext: number,
	longitude: number,
	longitudeNext: number,
): void {
	const on = Math.abs(above) <= snap;
	const onNext = Math.abs(aboveNext) <= snap;
	if (on && onNext)
		pairs.push(
			Math.min(longitude, longitudeNext),
			Math.max(longitude, longitudeNext),
		);
	else if (on) pairs.push(longitude, longitude);
}

/** From crossings of a whole circle to what lies between them inside. */
function pairUp(crossings: number[], inside: boolean, pairs: number[]): void {
	ascending(crossings);
	if (crossings.length === 0) {
		if (inside) pairs.push(...WHOLE);
		return;
	}
	for (let at = inside ? 1 : 0; at < crossings.length; at += 2) {
		const next = crossings[at + 1];
		pairs.push(crossings[at] ?? 0, next ?? (crossings[0] ?? 0) + 360);
	}
}

/** Above this many numbers a typed array sorts them quicker. */
const MANY = 64;

function ascending(numbers: number[]): void {
	if (numbers.length > MANY) {
		const sorted = Float64Array.from(numbers).sort();
		for (let at = 0; at < numbers.length; at++) numbers[at] = sorted[at] ?? 0;
	} else if (numbers.length !== 2) numbers.sort((a, b) => a - b);
	else if ((numbers[0] ?? 0) > (numbers[1] ?? 0)) numbers.reverse();
}

function edgesOf(rings: readonly Edges[]): Float64Array {
	const count = rings.reduce((sum, { line }) => sum + line.length / 2 - 1, 0);
	const edges = new Float64Array(4 * count);
	let to = 0;
	for (const { line } of rings)
		for (let at = 0; at + 2 < line.length; at += 2) {
			for (let place = 0; place < 4; place++)
				edges[to + place] = line[at + place] ?? 0;
			to += 4;
		}
	return edges;
}

function partsOf(parts: readonly (readonly Edges[])[]): Uint32Array {
	const counts = parts.map((rings) =>
		rings.reduce((sum, { line }) => sum + line.length / 2 - 1, 0),
	);
	const numbers = new Uint32Array(counts.reduce((sum, n) => sum + n, 0));
	let from = 0;
	for (const [part, count] of counts.entries()) {
		numbers.fill(part, from, from + count);
		from += count;
	}
	return numbers;
}

function indexOf(lines: readonly (readonly Edges[])[]): Indexed {
	const edges = edgesOf(lines.flat());
	const south = new Float64Array(edges.length / 4);
	const north = new Float64Array(edges.length / 4);
	for (let edge = 0; edge < south.length; edge++) {
		const from = edges[4 * edge] ?? 0;
		const to = edges[4 * edge + 2] ?? 0;
		south[edge] = Math.min(from, to);
		north[edge] = Math.max(from, to);
	}
	return {
		edges,
		parts: lines.length > 1 ? partsOf(lines) : undefined,
		index: new Spans(south, north),
	};
}
