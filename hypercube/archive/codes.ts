/** Places of values, one a row, as narrow as they fit. */
export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** The narrowest array that holds codes of so many values. */
export function codesFor(values: number, length: number): Codes {
	if (values < 2 ** 8) return new Uint8Array(length);
	if (values < 2 ** 16) return new Uint16Array(length);
	return new Uint32Array(length);
}
