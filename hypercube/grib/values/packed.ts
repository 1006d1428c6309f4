import type { ByteSource } from "../../bytes/source.ts";
import type { DecodedFields } from "./decoded.ts";
import type { Layout } from "./layout.ts";

/**
 * What is learnt of a message on first touch and makes later reads small. Filled by who reads; numbers only, to be kept
 * with the index. Both are checked against the message before they are believed.
 */
export interface Known {
	/** Values present before each block of 4096 points, and in all: `ceil(points / 4096) + 1` numbers. */
	ranks?: Uint32Array;
	/** Bits from the beginning of the data to each CCSDS restart interval, and to the end of the last. */
	restarts?: Float64Array;
}

/** A message's values where they lie, and what is known of them. */
export interface PackedField {
	readonly source: ByteSource;
	readonly layout: Layout;
	readonly known: Known;
	/** Where the values are kept of a packing that can only be decoded whole, and under which name; else each time anew. */
	readonly decoded?: { readonly cache: DecodedFields; readonly id: string };
}
