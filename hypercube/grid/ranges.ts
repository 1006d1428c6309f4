/**
 * Indices of grid points as half-open ranges `start0, end0, start1, end1, …`: ascending, not empty, not touching each
 * other. An area on a grid of rows is about two numbers a row, however many points lie in it.
 */
export type Ranges = Uint32Array;

/** How many indices the ranges hold. */
export function countOf(ranges: Ranges): number {
	let count = 0;
	for (let at = 0; at < ranges.length; at += 2)
		count += (ranges[at + 1] ?? 0) - (ranges[at] ?? 0);
	return count;
}

/** The ranges of indices in any order, each once. */
export function rangesOf(indices: Iterable<number>): Ranges {
	const sorted = Uint32Array.from(indices).sort();
	const ranges: number[] = [];
	for (const index of sorted) {
		const end = ranges.at(-1);
		if (end === index) ranges[ranges.length - 1] = index + 1;
		else if (end === undefined || index > end) ranges.push(index, index + 1);
	}
	return Uint32Array.from(ranges);
}
