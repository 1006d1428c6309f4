/** Tells one state of a file from another. */
export interface Stamp {
	/** Octets. */
	readonly size: number;
	/** Milliseconds since 1970, with the fraction the file system gives; 0 where nobody knows. */
	readonly mtimeMs: number;
	/** Of what lies elsewhere: what its server calls this state of it (the entity tag, RFC 9110, 8.8.3). */
	readonly tag?: string | undefined;
}

/** The state alone, of whatever has one. */
export const stampOf = ({ size, mtimeMs, tag }: Stamp): Stamp =>
	tag === undefined ? { size, mtimeMs } : { size, mtimeMs, tag };

export const sameStamp = (a: Stamp, b: Stamp): boolean =>
	a.size === b.size && a.mtimeMs === b.mtimeMs && a.tag === b.tag;

/** The state as text, to be part of a name. */
export const stampText = ({ size, mtimeMs, tag }: Stamp): string =>
	`${size}\u0000${mtimeMs}\u0000${tag ?? ""}`;
