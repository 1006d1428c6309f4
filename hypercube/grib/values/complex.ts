import { BrokenField, UnsupportedField } from "../../cube/field.ts";
import { uint } from "../octets.ts";
import { BitReader } from "./bits.ts";
import type { Layout } from "./layout.ts";
import { scaleOf } from "./simple.ts";

/** What section 5 says of complex packing (templates 5.2 and 5.3), by the octets' places in the template. */
interface Complex {
	/** Bits of a group's reference. */
	readonly bits: number;
	/** Code table 5.5: how many of a group's highest numbers mean a missing value, 0 to 2. */
	readonly missing: number;
	readonly groups: number;
	readonly widthReference: number;
	readonly widthBits: number;
	readonly lengthReference: number;
	readonly lengthIncrement: number;
	readonly lastLength: number;
	readonly lengthBits: number;
	/** Order of spatial differencing, 0 to 2, and the octets of each of its descriptors. */
	readonly order: number;
	readonly descriptorOctets: number;
}

/** Groups of values: each has a reference, a width in bits and a length. */
interface Groups {
	readonly references: Uint32Array;
	readonly widths: Uint32Array;
	readonly lengths: Uint32Array;
}

/** Decodes all values of a field packed in groups, with or without spatial differencing; NaN where one is missing. */
export function decodeComplex(
	layout: Layout,
	section5: Uint8Array,
	data: Uint8Array,
): Float64Array {
	// A field without any value may tell of a group all the same.
	if (layout.coded === 0) return new Float64Array();
	const complex = complexOf(layout, section5);
	if (complex.groups > layout.coded)
		throw broken(layout, `${complex.groups} groups of ${layout.coded} values`);
	// Groups of no bits at all may be many, but not as many as a message of a few octets likes.
	if (complex.groups > Math.max(4096, data.length * 8))
		throw broken(layout, `${complex.groups} groups in ${data.length} octets`);
	const bits = new BitReader();
	bits.load(data, 0);
	const octets = complex.descriptorOctets * 8;
	const first = [0, 0].map((_, i) =>
		i < complex.order && octets > 0 ? bits.take(octets) : 0,
	);
	const bias = complex.order > 0 ? biasOf(bits, octets) : 0;
	const groups = groupsOf(layout, complex, bits);
	const values = new Float64Array(layout.coded);
	unpackGroups(layout, complex, groups, { bits, values });
	if (complex.order === 1) addOnce(values, first[0] ?? 0, bias);
	if (complex.order === 2)
		addTwice(values, [first[0] ?? 0, first[1] ?? 0], bias);
	scale(layout, values);
	return values;
}

function complexOf(layout: Layout, section5: Uint8Array): Complex {
	const differenced = layout.packing === "complex_spatial_differencing";
	const complex = {
		bits: uint(section5, 19, 1),
		missing: uint(section5, 22, 1),
		groups: uint(section5, 31, 4),
		widthReference: uint(section5, 35, 1),
		widthBits: uint(section5, 36, 1),
		lengthReference: uint(section5, 37, 4),
		lengthIncrement: uint(section5, 41, 1),
		lastLength: uint(section5, 42, 4),
		lengthBits: uint(section5, 46, 1),
		order: differenced ? uint(section5, 47, 1) : 0,
		descriptorOctets: differenced ? uint(section5, 48, 1) : 0,
	};
	if (complex.order > 2 || (differenced && complex.order === 0))
		throw new UnsupportedField(
			`spatial differencing of order ${complex.order} (template 5.3)`,
		);
	if (complex.missing > 2)
		throw new UnsupportedField(
			`missing value management ${complex.missing} (template 5.2)`,
		);
	const { bits, widthBits, lengthBits, descriptorOctets } = complex;
	if (Math.max(bits, widthBits, lengthBits, descriptorOctets * 8) > 32)
		throw broken(layout, "numbers of more than 32 bits in section 5");
	return complex;
}

/** The least difference, sign and magnitude. */
function biasOf(bits: BitReader, octets: number): number {
	if (octets === 0) return 0;
	const coded = bits.take(octets);
	const top = 2 ** (octets - 1);
	return coded >= top ? top - coded : coded;
}

function groupsOf(layout: Layout, complex: Complex, bits: BitReader): Groups {
	const { groups } = complex;
	const read = (width: number): Uint32Array => {
		const numbers = new Uint32Array(groups);
		bits.fill(numbers, width);
		bits.align();
		if (bits.over)
			throw broken(layout, "its data end within the groups' heads");
		return numbers;
	};
	const references = read(complex.bits);
	const widths = read(complex.widthBits);
	const lengths = read(complex.lengthBits);
	let sum = 0;
	for (let i = 0; i < groups; i++) {
		widths[i] = (widths[i] ?? 0) + complex.widthReference;
		const length =
			i === groups - 1
				? complex.lastLength
				: complex.lengthReference + (lengths[i] ?? 0) * complex.lengthIncrement;
		sum += length;
		if (sum > layout.coded) break;
		lengths[i] = length;
	}
	if (sum !== layout.coded)
		throw broken(layout, `its groups do not hold ${layout.coded} values`);
	return { references, widths, lengths };
}

function unpackGroups(
	layout: Layout,
	complex: Complex,
	{ references, widths, lengths }: Groups,
	to: { bits: BitReader; values: Float64Array },
): void {
	const { bits, values } = to;
	let at = 0;
	for (let group = 0; group < references.length; group++) {
		const reference = references[group] ?? 0;
		const width = widths[group] ?? 0;
		const end = at + (lengths[group] ?? 0);
		if (width > 32) throw broken(layout, `a group of ${width} bits a value`);
		if (width === 0) {
			// The group's reference itself then says that all its values are missing.
			const most = 2 ** complex.bits - 1;
			const gone = reference > most - complex.missing;
			values.fill(gone ? Number.NaN : reference, at, end);
		} else {
			const most = 2 ** width - 1 - complex.missing;
			for (let i = at; i < end; i++) {
				const number = bits.take(width);
				values[i] = number > most ? Number.NaN : reference + number;
			}
		}
		if (bits.over) throw broken(layout, "its data end within a group");
		at = end;
	}
}

/** Undoes first differences: each value but the first was coded as what it exceeds the one before, less the bias. */
function addOnce(values: Float64Array, first: number, bias: number): void {
	let before = first;
	let known = false;
	for (let i = 0; i < values.length; i++) {
		const value = values[i] ?? 0;
		if (Number.isNaN(value)) continue;
		if (known) before += value + bias;
		known = true;
		values[i] = before;
	}
}

/** Undoes second differences. */
function addTwice(
	values: Float64Array,
	[one, two]: readonly [number, number],
	bias: number,
): void {
	let count = 0;
	let before = one;
	let last = two;
	for (let i = 0; i < values.length; i++) {
		const value = values[i] ?? 0;
		if (Number.isNaN(value)) continue;
		if (count === 0) values[i] = one;
		else if (count === 1) values[i] = two;
		else {
			const next = value + bias + last + last - before;
			before = last;
			last = next;
			values[i] = next;
		}
		count++;
	}
}

function scale(layout: Layout, values: Float64Array): void {
	const { reference, binary, decimal } = scaleOf(layout);
	for (let i = 0; i < values.length; i++)
		values[i] = ((values[i] ?? 0) * binary + reference) * decimal;
}

function broken(layout: Layout, what: string): BrokenField {
	return new BrokenField(`the message at ${layout.offset}: ${what}`);
}
