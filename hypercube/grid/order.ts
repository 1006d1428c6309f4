/**
 * Where the values of a grid of rows stand in the message: rows are counted as the message has them, columns eastward,
 * whatever the scanning mode.
 */
export interface Order {
	/** Whether the values of each row stand together, so that a run of columns is a run of indices. */
	readonly rowsTogether: boolean;
	index(row: number, column: number): number;
	row(index: number): number;
	column(index: number, row: number): number;
}

/** Flags of the scanning mode, octet by WMO's flag table 3.4 (GRIB 2) and 8 (GRIB 1), whose first three are the same. */
export interface Scanning {
	/** Points of a row go from east to west. */
	readonly iNegative: boolean;
	/** Rows go from south to north. */
	readonly jPositive: boolean;
	/** Points of a column stand together, not those of a row. */
	readonly jConsecutive: boolean;
	/** Every other run goes the other way. */
	readonly alternate: boolean;
}

/**
 * Rows one after another, of any lengths.
 * @param offsets index of the first value of each row, and the count of all values at the end
 * @param alternate whether every other row goes the other way
 */
export function rowOrder(
	offsets: Uint32Array,
	westward: boolean,
	alternate: boolean,
): Order {
	const backwards = (row: number): boolean =>
		westward !== (alternate && row % 2 === 1);
	const start = (row: number): number => offsets[row] ?? 0;
	return {
		rowsTogether: true,
		index: (row, column) =>
			backwards(row) ? start(row + 1) - 1 - column : start(row) + column,
		row: (index) => lastAtMost(offsets, index),
		column: (index, row) =>
			backwards(row) ? start(row + 1) - 1 - index : index - start(row),
	};
}

/** Columns one after another, all of `rows` values. */
export function columnOrder(
	rows: number,
	columns: number,
	{ iNegative, alternate }: Scanning,
): Order {
	const nth = (column: number): number =>
		iNegative ? columns - 1 - column : column;
	const along = (n: number, row: number): number =>
		alternate && n % 2 === 1 ? rows - 1 - row : row;
	return {
		rowsTogether: false,
		index: (row, column) => {
			const n = nth(column);
			return n * rows + along(n, row);
		},
		row: (index) => along(Math.floor(index / rows), index % rows),
		column: (index) => nth(Math.floor(index / rows)),
	};
}

/** The last row whose first index is not above `index`, and that has values. */
function lastAtMost(offsets: Uint32Array, index: number): number {
	let low = 0;
	let high = offsets.length - 1;
	while (high - low > 1) {
		const middle = (low + high) >>> 1;
		if ((offsets[middle] ?? 0) <= index) low = middle;
		else high = middle;
	}
	return low;
}
