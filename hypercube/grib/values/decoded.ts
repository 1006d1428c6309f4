import { LRUCache } from "lru-cache";
import type { Steps } from "../../bytes/steps.ts";
import { BrokenField } from "../../cube/field.ts";
import { decodeComplex } from "./complex.ts";
import { decodeJpeg2000 } from "./jpeg2000.ts";
import { packingOctets, section } from "./layout.ts";
import { decodeLogarithms } from "./logarithms.ts";
import type { PackedField } from "./packed.ts";
import type { Pieces } from "./pieces.ts";
import { decodePng } from "./png.ts";
import { decodeRuns } from "./runs.ts";
import { decodeSecondOrder } from "./secondorder/decode.ts";

/** More values than any field has that is packed so; a message of a few octets may say any number. */
const mostValues = 1 << 26;
/** Positions in bits must stay small integers. */
const mostOctets = 1 << 28;

/** Fields that could only be decoded whole, kept up to a number of octets; the least recently used goes first. */
export class DecodedFields {
	readonly #fields: LRUCache<string, Float64Array>;

	constructor(octets: number) {
		this.#fields = new LRUCache({
			maxSize: octets,
			sizeCalculation: (values) => values.byteLength + 1,
		});
	}

	get(id: string): Float64Array | undefined {
		return this.#fields.get(id);
	}

	/** Keeps them, unless they alone are too many. */
	keep(id: string, values: Float64Array): void {
		this.#fields.set(id, values);
	}
}

/** Reads values of a packing without random access: all of them are decoded, and kept where there is a place to. */
export function* readDecoded(
	field: PackedField,
	pieces: Pieces,
	out: Float64Array,
	signal?: AbortSignal,
): Steps<void> {
	const values = yield* decoded(field, signal);
	for (let i = 0; i < pieces.length; i += 3)
		out.set(values.subarray(pieces[i], pieces[i + 1]), pieces[i + 2]);
}

function* decoded(
	field: PackedField,
	signal?: AbortSignal,
): Steps<Float64Array> {
	const kept = field.decoded?.cache.get(field.decoded.id);
	if (kept !== undefined) return kept;
	const values = yield* decode(field, signal);
	field.decoded?.cache.keep(field.decoded.id, values);
	return values;
}

function* decode(
	{ source, layout }: PackedField,
	signal?: AbortSignal,
): Steps<Float64Array> {
	const { offset, coded, dataLength, packing } = layout;
	if (coded > mostValues || dataLength > mostOctets)
		throw new BrokenField(
			`the message at ${offset}: ${coded} values in ${dataLength} octets of ${packing} packing are more than is decoded`,
		);
	const five = yield* section(
		source,
		layout.packingOffset,
		packingOctets(layout),
		signal,
	);
	const data = yield* section(source, layout.dataOffset, dataLength, signal);
	switch (packing) {
		case "complex":
		case "complex_spatial_differencing":
			return decodeComplex(layout, five, data);
		case "png":
			return decodePng(layout, data);
		case "jpeg2000":
			return yield* decodeJpeg2000(layout, data);
		case "simple_log":
			return decodeLogarithms(layout, five, data);
		case "run_length":
			return decodeRuns(layout, five, data);
		case "second_order": {
			const part = (offset: number, length: number) =>
				section(source, offset, length, signal);
			const grid = yield* part(layout.gridOffset, layout.gridLength);
			const bitmap = yield* part(layout.bitmapOffset, layout.bitmapLength);
			return decodeSecondOrder(layout, { packing: five, data, grid, bitmap });
		}
		default:
			throw new Error(`${packing} packing has values at their own places`);
	}
}
