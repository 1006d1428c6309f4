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
	/** Ends what is being read: nobody waits for it any more. */
	readonly signal?: AbortSignal | undefined;
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

/** Points of a field that are wanted; of no field, missing values. */
export interface Wanted {
	readonly field: Field | undefined;
	readonly walk: Walk;
}

/** A slice that is being read, or is here. */
export interface Begun {
	readonly pending: void | Promise<void>;
	readonly values: () => Float64Array;
	/** Nothing of its field follows. */
	readonly last: boolean;
}

/**
 * The values of fields at points, in slices, in their order; of fields that say so a few slices ahead are under way.
 *
 * @param first the first slice, where it was begun before
 */
export async function* slicesOf(
	wanted: Iterable<Wanted>,
	{ check, onField, signal }: Reading,
	first?: Begun,
): AsyncGenerator<Float64Array> {
	let given = first;
	const ahead: Begun[] = [];
	const next = async (): Promise<Float64Array> => {
		const begun = ahead.shift();
		if (begun === undefined) throw new Error("no slice was begun");
		if (begun.pending !== undefined) await begun.pending;
		if (begun.last) onField?.();
		return begun.values();
	};
	for (const { field, walk } of wanted)
		for (let from = 0; from < walk.count; from += sliceLength) {
			const pause = check();
			if (pause !== undefined) await pause;
			ahead.push(given ?? begin({ field, walk }, from, signal));
			given = undefined;
			while (ahead.length >= (field?.parallel ?? 1)) yield await next();
		}
	while (ahead.length > 0) yield await next();
}

/** Begins to read the slice that starts at a point. */
export function begin(
	{ field, walk }: Wanted,
	from: number,
	signal: AbortSignal | undefined,
): Begun {
	const to = Math.min(walk.count, from + sliceLength);
	const values = new Float64Array(to - from);
	const last = to === walk.count;
	if (field === undefined)
		return { pending: undefined, values: () => values.fill(Number.NaN), last };
	const stretch = walk.slice(from, to);
	const pending = field.read(stretch.ranges, values, signal);
	// One that fails before it is taken is heard when it is.
	pending?.catch(() => {});
	return { pending, values: () => stretch.inOrder(values), last };
}
