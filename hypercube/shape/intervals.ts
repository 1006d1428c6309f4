/** Degrees between two intervals that are one: folding a longitude into [0, 360) rounds. */
const TOUCH = 1e-12;

/** Above this many intervals a sort of the library's is quicker than one by insertion. */
const MANY = 32;

/**
 * The union of intervals of longitude in the form that {@link Area.intervals} promises: disjoint, ascending, each with
 * `0 <= west < 360` and `west <= east <= west + 360`.
 *
 * @param pairs `west0, east0, …` in any turn and order, `west <= east`; used up
 */
export function disjoint(pairs: number[]): readonly number[] {
	for (let at = 0; at < pairs.length; at += 2) {
		const west = pairs[at] ?? 0;
		const width = (pairs[at + 1] ?? 0) - west;
		if (width >= 360) return WHOLE;
		pairs[at] = fold(west);
		pairs[at + 1] = (pairs[at] ?? 0) + width;
	}
	return closeRound(merge(sortPairs(pairs)));
}

/** All longitudes. */
export const WHOLE: readonly number[] = [0, 360];

/** Above this many intervals of bounds the one beside the widest gap does as well. */
const MANY_BOUNDS = 8;

/**
 * The union of intervals as an area's bounds of longitude; undefined where they leave nothing out.
 * @param pairs as of {@link disjoint}
 */
export function boundsOf(pairs: number[]): readonly number[] | undefined {
	const bounds = disjoint(pairs);
	if (bounds === WHOLE) return undefined;
	if (bounds.length <= 2 * MANY_BOUNDS) return bounds;
	let widest = 0;
	let west = 0;
	for (let at = 0; at < bounds.length; at += 2) {
		const next = bounds[at + 2] ?? (bounds[0] ?? 0) + 360;
		const gap = next - (bounds[at + 1] ?? 0);
		if (gap > widest) [widest, west] = [gap, fold(next)];
	}
	return [west, west + 360 - widest];
}

/** Degrees that the intervals hold. */
export function widthOf(pairs: readonly number[]): number {
	let width = 0;
	for (let at = 0; at < pairs.length; at += 2)
		width += (pairs[at + 1] ?? 0) - (pairs[at] ?? 0);
	return width;
}

/** The longitude in [0, 360). */
export function fold(longitude: number): number {
	const folded = longitude - 360 * Math.floor(longitude / 360);
	return folded >= 360 ? 0 : folded;
}

/** What of ascending pairs touches becomes one; in place. */
function merge(pairs: number[]): number[] {
	let last = 0;
	for (let at = 2; at < pairs.length; at += 2) {
		const west = pairs[at] ?? 0;
		const east = pairs[at + 1] ?? 0;
		if (west <= (pairs[last + 1] ?? 0) + TOUCH) {
			if (east > (pairs[last + 1] ?? 0)) pairs[last + 1] = east;
		} else {
			last += 2;
			pairs[last] = west;
			pairs[last + 1] = east;
		}
	}
	pairs.length = pairs.length === 0 ? 0 : last + 2;
	return pairs;
}

/** What reaches over the seam swallows what it meets there. */
function closeRound(pairs: number[]): readonly number[] {
	// Only the last can reach that far: they are disjoint, and each begins before 360.
	const last = pairs.length - 2;
	let first = 0;
	let end = pairs[last + 1] ?? 0;
	while (first < last && (pairs[first] ?? 0) + 360 <= end + TOUCH) {
		end = Math.max(end, (pairs[first + 1] ?? 0) + 360);
		first += 2;
	}
	if (end - (pairs[last] ?? 0) >= 360) return WHOLE;
	if (first === 0) return pairs;
	pairs[last + 1] = end;
	return pairs.slice(first);
}

function sortPairs(pairs: number[]): number[] {
	if (pairs.length > 2 * MANY) return sorted(pairs) ? pairs : sortMany(pairs);
	for (let at = 2; at < pairs.length; at += 2) {
		const west = pairs[at] ?? 0;
		const east = pairs[at + 1] ?? 0;
		let to = at;
		while (to > 0 && (pairs[to - 2] ?? 0) > west) {
			pairs[to] = pairs[to - 2] ?? 0;
			pairs[to + 1] = pairs[to - 1] ?? 0;
			to -= 2;
		}
		pairs[to] = west;
		pairs[to + 1] = east;
	}
	return pairs;
}

function sorted(pairs: readonly number[]): boolean {
	for (let at = 2; at < pairs.length; at += 2)
		if ((pairs[at] ?? 0) < (pairs[at - 2] ?? 0)) return false;
	return true;
}

function sortMany(pairs: readonly number[]): number[] {
	const order = Uint32Array.from(
		{ length: pairs.length / 2 },
		(_, at) => 2 * at,
	).sort((a, b) => (pairs[a] ?? 0) - (pairs[b] ?? 0));
	const inOrder: number[] = [];
	for (const at of order) inOrder.push(pairs[at] ?? 0, pairs[at + 1] ?? 0);
	return inOrder;
}
