import { BrokenField } from "../../cube/field.ts";
import type { Layout } from "./layout.ts";
import { ieee32 } from "./numbers.ts";
import { checkLength, scaleOf } from "./simple.ts";
import { unpackSimple } from "./unpack.ts";

/**
 * Decodes simple packing with logarithm pre-processing (template 5.61): what is packed is the logarithm of a value plus
 * the parameter of octets 21 to 24. Exponential functions of different libraries differ in the last bit, and so may we.
 */
export function decodeLogarithms(
	layout: Layout,
	section5: Uint8Array,
	data: Uint8Array,
): Float64Array {
	checkLength(layout);
	const parameter = ieee32(section5, 20);
	if (!Number.isFinite(parameter))
		throw new BrokenField(
			`the message at ${layout.offset}: the parameter of its logarithms is no number`,
		);
	const values = new Float64Array(layout.coded);
	const { bits } = layout;
	if (bits === 0) values.fill(layout.reference);
	else unpackSimple({ bytes: data, bit: 0, bits }, scaleOf(layout), values);
	for (let i = 0; i < values.length; i++)
		values[i] = Math.exp(values[i] ?? 0) - parameter;
	return values;
}
