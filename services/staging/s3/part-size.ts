const MIB = 2 ** 20;
/** Parts of a result whose length is known, and fits so many of them. */
const PART = 8 * MIB;
/** S3's own limit. */
const MOST_PARTS = 10_000;

/** Parts when nobody knows what is to come: 10 000 of them are 156 GiB. */
export const UNKNOWN_PART = 16 * MIB;

/** Bytes of a part, so that a result of this length, 0 if unknown, has few enough of them. */
export const partSizeFor = (length: number): number =>
	length === 0
		? UNKNOWN_PART
		: Math.max(PART, Math.ceil(length / MOST_PARTS / MIB) * MIB);
