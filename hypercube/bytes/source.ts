/**
 * Where octets come from: a file, an object in a store. What lies near is answered at once, so that thousands of small
 * reads cost no turn of the event loop each; the rest by a promise. Await either.
 */
export interface ByteSource {
	/** Length in octets, as it was when the source was opened. */
	readonly size: number;
	/**
	 * Octets between two wanted ranges that are better read along than left out by a second read: what one read costs,
	 * told in octets. 4 KiB, one page, unless the source says more.
	 */
	readonly gap?: number;
	/** How many reads it can well serve at the same time; 1 unless the source says more. */
	readonly parallel?: number;
	/** Reads `length` octets from `offset` on; fewer only at the end. */
	read(
		offset: number,
		length: number,
		signal?: AbortSignal,
	): Uint8Array | Promise<Uint8Array>;
}
