import { inflateSync } from "node:zlib";
import { BrokenField, UnsupportedField } from "../../cube/field.ts";
import { uint } from "../octets.ts";
import type { Layout } from "./layout.ts";
import { scaleOf } from "./simple.ts";
import { unpackSimple } from "./unpack.ts";

/** Samples of a pixel by colour type; a palette (3) has no meaning for numbers. */
const channels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };

/** A PNG's header, and its compressed octets. */
interface Image {
	readonly width: number;
	readonly height: number;
	/** Bits of a pixel: the samples of its colours, one after the other, are one number. */
	readonly bits: number;
	readonly packed: Uint8Array;
}

/** Decodes a field packed as a PNG image (template 5.41): the standard's sections 5 (chunks) and 9 (filters). */
export function decodePng(layout: Layout, data: Uint8Array): Float64Array {
	const image = imageOf(layout, data);
	const { width, height, bits } = image;
	if (width * height !== layout.coded)
		throw broken(
			layout,
			`an image of ${width} × ${height} for ${layout.coded} values`,
		);
	const row = Math.ceil((width * bits) / 8);
	const rows = inflate(layout, image.packed, height * (row + 1));
	const values = new Float64Array(layout.coded);
	const scale = scaleOf(layout);
	const pixel = Math.max(1, bits / 8);
	for (let y = 0; y < height; y++) {
		const start = y * (row + 1) + 1;
		if (!unfilter(rows, { start, row, pixel, first: y === 0 }))
			throw broken(layout, `row ${y} of its image has an unknown filter`);
		const out = values.subarray(y * width, (y + 1) * width);
		unpackSimple({ bytes: rows, bit: start * 8, bits }, scale, out);
	}
	return values;
}

function imageOf(layout: Layout, data: Uint8Array): Image {
	if (uint(data, 0, 4) !== 0x89504e47 || uint(data, 12, 4) !== 0x49484452)
		throw broken(layout, "its data are no PNG image");
	const [depth, colour] = [uint(data, 24, 1), uint(data, 25, 1)];
	const bits = depth * (channels[colour] ?? 0);
	if (bits < 1 || bits > 32 || uint(data, 28, 1) !== 0)
		throw new UnsupportedField(
			`a PNG image of colour type ${colour}, ${depth} bits, interlacing ${uint(data, 28, 1)} (template 5.41)`,
		);
	const parts: Uint8Array[] = [];
	for (let at = 8; at + 12 <= data.length; ) {
		const length = uint(data, at, 4);
		const end = at + 12 + length;
		if (end > data.length) throw broken(layout, "a chunk of its image is cut");
		// IDAT
		if (uint(data, at + 4, 4) === 0x49444154)
			parts.push(data.subarray(at + 8, at + 8 + length));
		at = end;
	}
	return {
		width: uint(data, 16, 4),
		height: uint(data, 20, 4),
		bits,
		packed: Buffer.concat(parts),
	};
}

/** Inflates to exactly so many octets: an image that holds more than its header says is not inflated to its end. */
function inflate(
	layout: Layout,
	packed: Uint8Array,
	length: number,
): Uint8Array {
	let rows: Uint8Array;
	try {
		rows = inflateSync(packed, { maxOutputLength: length });
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw broken(layout, `its image does not inflate: ${why}`);
	}
	if (rows.length < length) throw broken(layout, "its image is cut");
	return rows;
}

/** Undoes the filter of a row in place; false for one that is not known. */
function unfilter(
	rows: Uint8Array,
	at: { start: number; row: number; pixel: number; first: boolean },
): boolean {
	const { start, row, pixel, first } = at;
	const filter = rows[start - 1] ?? 0;
	for (let i = 0; filter > 0 && i < row; i++) {
		const place = start + i;
		const left = i < pixel ? 0 : (rows[place - pixel] ?? 0);
		const up = first ? 0 : (rows[place - row - 1] ?? 0);
		const corner =
			first || i < pixel ? 0 : (rows[place - row - 1 - pixel] ?? 0);
		const add = predicted(filter, left, up, corner);
		rows[place] = (rows[place] ?? 0) + add;
	}
	return filter <= 4;
}

function predicted(
	filter: number,
	left: number,
	up: number,
	corner: number,
): number {
	if (filter === 1) return left;
	if (filter === 2) return up;
	if (filter === 3) return (left + up) >> 1;
	const estimate = left + up - corner;
	const byLeft = Math.abs(estimate - left);
	const byUp = Math.abs(estimate - up);
	const byCorner = Math.abs(estimate - corner);
	if (byLeft <= byUp && byLeft <= byCorner) return left;
	return byUp <= byCorner ? up : corner;
}

function broken(layout: Layout, what: string): BrokenField {
	return new BrokenField(`the message at ${layout.offset}: ${what}`);
}
