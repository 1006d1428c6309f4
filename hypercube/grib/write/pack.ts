/** A field packed by data representation template 5.0: value = reference + packed × 2^scale. */
export interface Packed {
	/** A 32-bit float, never above the smallest value. */
	readonly reference: number;
	readonly binaryScale: number;
	/** 0: the field is constant and has no bytes. */
	readonly bits: number;
	readonly bytes: Uint8Array;
}

/**
 * Simple packing with decimal scale 0. The error is at most half of 2^binaryScale, the smallest step
 * with which the range of the values fits into `bits` (1 to 24).
 * @throws RangeError on an empty field, a value that is not finite, or a width out of range.
 */
export function packSimple(values: Float64Array, bits: number): Packed {
	if (!Number.isInteger(bits) || bits < 1 || bits > 24) {
		throw new RangeError(`1 to 24 bits per value, not ${bits}`);
	}
	const [min, max] = extent(values);
	const reference = floatBelow(min);
	if (max === min) {
		return {
			reference: min,
			binaryScale: 0,
			bits: 0,
			bytes: new Uint8Array(0),
		};
	}
	const largest = 2 ** bits - 1;
	const binaryScale = Math.ceil(Math.log2((max - reference) / largest));
	const bytes = packBits(values, {
		reference,
		factor: 2 ** -binaryScale,
		bits,
	});
	return { reference, binaryScale, bits, bytes };
}

function extent(values: Float64Array): [min: number, max: number] {
	let min = Number.POSITIVE_INFINITY;
	let max = Number.NEGATIVE_INFINITY;
	for (const value of values) {
		if (!Number.isFinite(value)) throw new RangeError(`cannot pack ${value}`);
		if (value < min) min = value;
		if (value > max) max = value;
	}
	if (values.length === 0) throw new RangeError("cannot pack an empty field");
	return [min, max];
}

/** The largest 32-bit float that is not above x. */
function floatBelow(x: number): number {
	const view = new DataView(new ArrayBuffer(4));
	view.setFloat32(0, x);
	if (view.getFloat32(0) <= x) return view.getFloat32(0);
	// One step towards minus infinity: the magnitude shrinks above zero and grows below it.
	view.setInt32(0, view.getInt32(0) + (x > 0 ? -1 : 1));
	return view.getFloat32(0);
}

function packBits(
	values: Float64Array,
	scale: { reference: number; factor: number; bits: number },
): Uint8Array {
	const { reference, factor, bits } = scale;
	const largest = 2 ** bits - 1;
	const bytes = new Uint8Array(Math.ceil((values.length * bits) / 8));
	let pending = 0;
	let held = 0;
	let at = 0;
	for (const value of values) {
		const packed = Math.round((value - reference) * factor);
		// At most 7 bits wait and 24 come: 31 bits, which the 32-bit operators hold.
		pending = (pending << bits) | Math.min(packed, largest);
		held += bits;
		for (; held >= 8; held -= 8) bytes[at++] = pending >>> (held - 8);
		pending &= (1 << held) - 1;
	}
	if (held > 0) bytes[at] = pending << (8 - held);
	return bytes;
}
