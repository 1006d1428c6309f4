/**
 * Reading numbers out of GRIB octets. Integers are big-endian; signed ones are sign and magnitude (the top
 * bit is the sign), never two's complement. A caller makes sure the octets exist: beyond the end reads zero.
 */

/** Unsigned integer of `n` octets (1 to 8); above 2^53 it loses its last bits, as no length in a file can reach. */
export function uint(bytes: Uint8Array, at: number, n: number): number {
	let value = 0;
	for (let i = 0; i < n; i++) value = value * 256 + (bytes[at + i] ?? 0);
	return value;
}

/** Sign and magnitude of `n` octets: 0x82 is -2. */
export function signed(bytes: Uint8Array, at: number, n: number): number {
	const value = uint(bytes, at, n);
	const top = 2 ** (8 * n - 1);
	return value >= top ? top - value : value;
}

/** `n` octets as Latin-1 text, one character an octet. */
export function text(bytes: Uint8Array, at: number, n: number): string {
	let out = "";
	for (let i = at; i < at + n; i++) out += String.fromCharCode(bytes[i] ?? 0);
	return out;
}
