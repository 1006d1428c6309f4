import type { Grid } from "../grid/grid.ts";
import type { Ranges } from "../grid/ranges.ts";

/** What reading costs, known before it is done. Octets. */
export interface Cost {
	/** When all that can be kept between requests is there. */
	readonly bytes: number;
	/** On first touch: offsets still to be learnt, bitmaps to be counted. */
	readonly cold: number;
}

/** A two-dimensional slice of a hypercube: a GRIB message, one step of a variable of a Zarr. */
export interface Field {
	/** MARS keys in their one spelling; `param` is an id, or a variable's name where there is none. */
	readonly keys: Readonly<Record<string, string>>;
	/** The grid; read with the field's header on first use where it is not known. */
	grid(signal?: AbortSignal): Grid | Promise<Grid>;
	cost(ranges: Ranges): Cost;
	/**
	 * The values of the points in the ranges, in their order, `NaN` where one is missing.
	 * @param out at least as long as the ranges count
	 * @throws UnsupportedField for a packing or a grid that cannot be read; BrokenField for one that contradicts itself
	 */
	read(
		ranges: Ranges,
		out: Float64Array,
		signal?: AbortSignal,
	): void | Promise<void>;
	/** How many fields like it are well read at the same time: those of a server that is far. One, unless it says more. */
	readonly parallel?: number | undefined;
	/** Units of the values, where the source itself says (`units` of CF); else the parameter's. */
	readonly units?: string;
	/** Whether every value is one of single precision: it takes half the octets then. */
	readonly single?: boolean;
	/** Name and standard name, where the source itself says. */
	readonly longName?: string;
	readonly standardName?: string;
}

/** What cannot be read: the message names it. */
export class UnsupportedField extends Error {
	override readonly name = "UnsupportedField";
}

/** What contradicts itself: lying lengths, counts that do not fit. The message says where. */
export class BrokenField extends Error {
	override readonly name = "BrokenField";
}
