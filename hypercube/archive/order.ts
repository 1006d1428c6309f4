/**
 * Places from 0 on, sorted by columns of numbers, the first deciding first; places that are equal in all stay in order.
 * Ten thousand in a millisecond, where all columns of a place fit into one number.
 */
export function sortedPlaces(
	count: number,
	columns: readonly Int32Array[],
): Uint32Array {
	const varying = columns.filter((column) =>
		column.some((number) => number !== column[0]),
	);
	return byNumber(count, varying) ?? byComparing(count, varying);
}

/** Each place and its numbers are one number; undefined where it would be too large to be exact. */
function byNumber(
	count: number,
	columns: readonly Int32Array[],
): Uint32Array | undefined {
	const spans = columns.map((column) => {
		const low = column.reduce((a, b) => Math.min(a, b), 0);
		const high = column.reduce((a, b) => Math.max(a, b), 0);
		return { column, low, width: high - low + 1 };
	});
	const size = spans.reduce((product, { width }) => product * width, count);
	if (size > Number.MAX_SAFE_INTEGER) return undefined;
	const numbers = new Float64Array(count);
	for (const { column, low, width } of spans)
		for (let place = 0; place < count; place++)
			numbers[place] =
				(numbers[place] ?? 0) * width + (column[place] ?? 0) - low;
	for (let place = 0; place < count; place++)
		numbers[place] = (numbers[place] ?? 0) * count + place;
	numbers.sort();
	return Uint32Array.from(numbers, (number) => number % count);
}

function byComparing(
	count: number,
	columns: readonly Int32Array[],
): Uint32Array {
	return Uint32Array.from({ length: count }, (_, place) => place).sort(
		(a, b) => compare(columns, a, b) || a - b,
	);
}

/** Negative, 0 or positive, as sorting wants it. */
export function compare(
	columns: readonly Int32Array[],
	a: number,
	b: number,
): number {
	for (const column of columns) {
		const difference = (column[a] ?? 0) - (column[b] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}
