import type { Grid } from "../grid/grid.ts";
import type { Points } from "./coverage.ts";
import type { Field } from "./field.ts";
import type { Walk } from "./walk.ts";

/** What reading is told by the one who waits for it. */
export interface Reading {
	/** Called between fields and slices; a promise is waited for, so that others have their turn. @throws to stop */
	readonly check: () => void | Promise<void>;
	/** A field was read to its end. */
	readonly onField?: () => void;
}

/** Values in one slice of a large answer: 512 KiB. */
export const sliceLength = 65_536;

/** Points whose coordinates are made slice by slice. */
export function pointsOf(grid: Grid, walk: Walk): Points {
	return {
		count: walk.count,
		slice: (from, to) => {
			const stretch = walk.slice(from, to);
			const { latitudes, longitudes } = grid.coordinates(stretch.ranges);
			return {
				latitudes: stretch.inOrder(latitudes),
				longitudes: stretch.inOrder(longitudes),
			};
		},
	};
}

/** The values of a field at the points of a walk, in slices; of no field, missing values. */
export async function* slicesOf(
	field: Field | undefined,
	walk: Walk,
	{ check, onField }: Reading,
): AsyncGenerator<Float64Array> {
	for (let from = 0; from < walk.count; from += sliceLength) {
		const pause = check();
		if (pause !== undefined) await pause;
		const to = Math.min(walk.count, from + sliceLength);
		const values = new Float64Array(to - from);
		if (field === undefined) yield values.fill(Number.NaN);
		else {
			const stretch = walk.slice(from, to);
			await field.read(stretch.ranges, values);
			yield stretch.inOrder(values);
		}
	}
	onField?.();
}
