/** A value is `(X·binary + reference)·decimal`, reckoned in this order: so does ecCodes, and doubles come out the same. */
export interface Scale {
	readonly reference: number;
	readonly binary: number;
	readonly decimal: number;
}

/** Numbers of the same width, one after the other, most significant bit first. */
export interface Packed {
	readonly bytes: Uint8Array;
	/** Where the first begins. */
	readonly bit: number;
	/** 1 to 64. */
	readonly bits: number;
}

/** Fills `out` with the values of as many packed numbers. */
export function unpackSimple(
	packed: Packed,
	scale: Scale,
	out: Float64Array,
): void {
	const { bit, bits } = packed;
	if (bits === 16 && bit % 8 === 0) unpack16(packed, scale, out);
	else if (bits === 24 && bit % 8 === 0) unpack24(packed, scale, out);
	else if (bits <= 25) unpackNarrow(packed, scale, out);
	else unpackWide(packed, scale, out);
}

function unpack16(packed: Packed, scale: Scale, out: Float64Array): void {
	const { bytes } = packed;
	const { reference, binary, decimal } = scale;
	let at = packed.bit / 8;
	for (let i = 0; i < out.length; i++, at += 2) {
		const x = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
		out[i] = (x * binary + reference) * decimal;
	}
}

function unpack24(packed: Packed, scale: Scale, out: Float64Array): void {
	const { bytes } = packed;
	const { reference, binary, decimal } = scale;
	let at = packed.bit / 8;
	for (let i = 0; i < out.length; i++, at += 3) {
		const x =
			((bytes[at] ?? 0) << 16) |
			((bytes[at + 1] ?? 0) << 8) |
			(bytes[at + 2] ?? 0);
		out[i] = (x * binary + reference) * decimal;
	}
}

/** Up to 25 bits lie within four octets, wherever they begin. */
function unpackNarrow(packed: Packed, scale: Scale, out: Float64Array): void {
	const { bytes, bits } = packed;
	const { reference, binary, decimal } = scale;
	const rest = 32 - bits;
	let at = Math.floor(packed.bit / 8);
	let inner = packed.bit % 8;
	for (let i = 0; i < out.length; i++) {
		const word =
			((bytes[at] ?? 0) << 24) |
			((bytes[at + 1] ?? 0) << 16) |
			((bytes[at + 2] ?? 0) << 8) |
			(bytes[at + 3] ?? 0);
		const x = (word << inner) >>> rest;
		out[i] = (x * binary + reference) * decimal;
		inner += bits;
		at += inner >>> 3;
		inner &= 7;
	}
}

/** Above 53 bits the sum rounds once, as a conversion from an integer does. */
function unpackWide(packed: Packed, scale: Scale, out: Float64Array): void {
	const { bytes, bits } = packed;
	const { reference, binary, decimal } = scale;
	const low = Math.min(bits - 24, 32);
	const high = bits - low;
	const weight = 2 ** low;
	let at = Math.floor(packed.bit / 8);
	let inner = packed.bit % 8;
	for (let i = 0; i < out.length; i++) {
		let x = number(bytes, at, inner, high) * weight;
		inner += high;
		at += inner >>> 3;
		inner &= 7;
		x += number(bytes, at, inner, low);
		inner += low;
		at += inner >>> 3;
		inner &= 7;
		out[i] = (x * binary + reference) * decimal;
	}
}

/** One number of up to 32 bits. */
function number(
	bytes: Uint8Array,
	at: number,
	inner: number,
	bits: number,
): number {
	const word =
		((bytes[at] ?? 0) << 24) |
		((bytes[at + 1] ?? 0) << 16) |
		((bytes[at + 2] ?? 0) << 8) |
		(bytes[at + 3] ?? 0);
	const top = (word << inner) | ((bytes[at + 4] ?? 0) >>> (8 - inner));
	return top >>> (32 - bits);
}
