import type { Coverage, Parameter } from "../cube/coverage.ts";

/** The values of a parameter, as many at a time as are asked for. */
export interface Column {
	/**
	 * The next values; good until the next call.
	 *
	 * @throws Error when there are no more
	 */
	take(count: number): Promise<Float64Array>;
	/** Ends the reading, whether there are more values or not. */
	close(): Promise<void>;
}

/** Values that come in slices of any length, read in blocks of another. */
export function columnOf(coverage: Coverage, parameter: Parameter): Column {
	const slices = coverage.values(parameter)[Symbol.asyncIterator]();
	let slice: Float64Array = new Float64Array(0);
	let at = 0;
	let block: Float64Array = new Float64Array(0);
	return {
		take: async (count) => {
			if (block.length < count) block = new Float64Array(count);
			let have = 0;
			while (have < count) {
				if (at === slice.length) {
					const next = await slices.next();
					if (next.done === true)
						throw new Error(`${parameter.name}: fewer values than places`);
					slice = next.value;
					at = 0;
				}
				const part = slice.subarray(at, at + count - have);
				block.set(part, have);
				at += part.length;
				have += part.length;
			}
			return block.subarray(0, count);
		},
		close: async () => {
			await slices.return?.();
		},
	};
}

/** Of a parameter that a coverage has no values of. */
export function emptyColumn(): Column {
	return {
		take: async (count) => new Float64Array(count).fill(Number.NaN),
		close: async () => {},
	};
}
