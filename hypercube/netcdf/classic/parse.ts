import { BrokenField } from "../../cube/field.ts";
import { Cursor, most } from "./cursor.ts";
import { type ClassicType, tags } from "./types.ts";

/** What the header of a file says. */
export interface ParsedHeader {
	/** How many records there are; undefined: as many as the file has room for. */
	readonly records: number | undefined;
	/** Length 0: the record dimension. */
	readonly dimensions: readonly {
		readonly name: string;
		readonly length: number;
	}[];
	readonly attributes: ParsedAttributes;
	readonly variables: readonly ParsedVariable[];
}

export interface ParsedVariable {
	readonly name: string;
	/** Places among the dimensions, the slowest first. */
	readonly dimensions: readonly number[];
	readonly attributes: ParsedAttributes;
	readonly type: Exclude<ClassicType, "bool" | "float16">;
	/** Octets before it in the file; of one with records, before the first. */
	readonly begin: number;
}

export interface ParsedAttributes {
	/** Text, a number, or several. */
	readonly values: Readonly<Record<string, unknown>>;
	/** Those that are given in four octets, and are no whole numbers. */
	readonly single: ReadonlySet<string>;
}

/**
 * Reads a header of CDF-1, CDF-2 or CDF-5 ("The NetCDF Classic Format Specification"). All that it counts takes octets of
 * its own, so work and memory are bounded by the octets given.
 * @throws Short; BrokenField for what contradicts the specification
 */
export function parseHeader(bytes: Uint8Array): ParsedHeader {
	const from = new Cursor(bytes);
	const records = from.records();
	const dimensions = from.list(tags.dimension, most.dimensions, () => ({
		name: from.name(),
		length: from.count(),
	}));
	if (dimensions.filter(({ length }) => length === 0).length > 1)
		throw new BrokenField("the file has two record dimensions");
	const attributes = from.attributes();
	const variables = from.list(tags.variable, most.variables, () =>
		from.variable(dimensions.length),
	);
	return { records, dimensions, attributes, variables };
}
