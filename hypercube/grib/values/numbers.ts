/**
 * Numbers as ecCodes reckons them, operation by operation, so that every double comes out with the same bits.
 */

const view = new DataView(new ArrayBuffer(8));

/** base^exponent by repeated multiplication, or division for a negative exponent: not `**`, which rounds otherwise. */
export function power(base: number, exponent: number): number {
	let result = 1;
	for (let i = exponent; i < 0; i++) result /= base;
	for (let i = exponent; i > 0; i--) result *= base;
	return result;
}

/** Four octets as IEEE 754 single precision. */
export function ieee32(bytes: Uint8Array, at: number): number {
	view.setUint32(0, word(bytes, at));
	return view.getFloat32(0);
}

/** Eight octets as IEEE 754 double precision. */
export function ieee64(bytes: Uint8Array, at: number): number {
	view.setUint32(0, word(bytes, at));
	view.setUint32(4, word(bytes, at + 4));
	return view.getFloat64(0);
}

/** Four octets as a float of IBM's System/360: sign, exponent of 16 with an offset of 64, fraction of 24 bits. */
export function ibm32(bytes: Uint8Array, at: number): number {
	const coded = word(bytes, at);
	const exponent = (coded >>> 24) & 0x7f;
	const fraction = coded & 0xffffff;
	if (exponent === 0 && fraction <= 1) return 0;
	const size = fraction * 16 ** (exponent - 70);
	return coded >>> 31 === 1 ? -size : size;
}

function word(bytes: Uint8Array, at: number): number {
	return (
		((bytes[at] ?? 0) << 24) |
		((bytes[at + 1] ?? 0) << 16) |
		((bytes[at + 2] ?? 0) << 8) |
		(bytes[at + 3] ?? 0)
	);
}
