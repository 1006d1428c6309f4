import { here, type Steps } from "../../bytes/steps.ts";
import { BrokenField, UnsupportedField } from "../../cube/field.ts";
import { text, uint } from "../octets.ts";
import { Broken, Unread } from "./j2k/codestream.ts";
import { decodeImage } from "./j2k/decode.ts";
import type { Layout } from "./layout.ts";
import type { OpenJpeg } from "./openjpeg.ts";
import { scaleOf } from "./simple.ts";

/** The header of a codestream: what is decoded is known before it is. */
interface Image {
	readonly width: number;
	readonly height: number;
	readonly bits: number;
	readonly codestream: Uint8Array;
}

let loaded: OpenJpeg | undefined;

/**
 * Decodes a field packed as a JPEG 2000 image (template 5.40): OpenJPEG up to 16 bits, which is all it hands out here;
 * above that slowly, by ourselves, what was coded without loss.
 */
export function* decodeJpeg2000(
	layout: Layout,
	data: Uint8Array,
): Steps<Float64Array> {
	const image = imageOf(layout, data);
	const { reference, binary, decimal } = scaleOf(layout);
	if (image.bits > 16)
		return Float64Array.from(
			decodeDeep(layout, image),
			(x) => (x * binary + reference) * decimal,
		);
	loaded ??= yield* here(load());
	const pixels = decode(layout, loaded, image);
	const values = new Float64Array(layout.coded);
	const wide = image.bits > 8;
	for (let i = 0; i < values.length; i++) {
		// As the machine has it: WebAssembly is little-endian everywhere.
		const x = wide
			? (pixels[2 * i] ?? 0) | ((pixels[2 * i + 1] ?? 0) << 8)
			: (pixels[i] ?? 0);
		values[i] = (x * binary + reference) * decimal;
	}
	return values;
}

async function load(): Promise<OpenJpeg> {
	const { loadOpenJpeg } = await import("./openjpeg.ts");
	return loadOpenJpeg();
}

/** Reads the marker SIZ (ISO/IEC 15444-1, A.5.1), which is the first of a codestream. */
function imageOf(layout: Layout, data: Uint8Array): Image {
	const codestream = codestreamOf(data);
	if (uint(codestream, 0, 4) !== 0xff4fff51 || codestream.length < 43)
		throw broken(layout, "its data are no JPEG 2000 codestream");
	const [components, coded] = [
		uint(codestream, 40, 2),
		uint(codestream, 42, 1),
	];
	const width = uint(codestream, 8, 4) - uint(codestream, 16, 4);
	const height = uint(codestream, 12, 4) - uint(codestream, 20, 4);
	const bits = (coded & 0x7f) + 1;
	if (components !== 1 || (coded & 0x80) !== 0 || bits > 25)
		throw new UnsupportedField(
			`a JPEG 2000 image of ${components} ${coded & 0x80 ? "signed " : ""}components of ${bits} bits (template 5.40: one unsigned of up to 25 is read)`,
		);
	if (width * height !== layout.coded)
		throw broken(
			layout,
			`an image of ${width} × ${height} for ${layout.coded} values`,
		);
	// No tiles: the decoder reserves memory for each that the header tells of, be it in the data or not.
	const tile = [uint(codestream, 24, 4), uint(codestream, 28, 4)] as const;
	const tiles = Math.ceil(width / tile[0]) * Math.ceil(height / tile[1]);
	if (!(tiles <= 1024)) throw broken(layout, `an image of ${tiles} tiles`);
	return { width, height, bits, codestream };
}

/** The codestream itself, also where it lies in a JP2 file: a list of boxes. */
function codestreamOf(data: Uint8Array): Uint8Array {
	if (uint(data, 0, 8) !== 12 * 2 ** 32 + 0x6a502020) return data;
	for (let at = 0; at + 8 <= data.length; ) {
		const length = uint(data, at, 4);
		if (text(data, at + 4, 4) === "jp2c") return data.subarray(at + 8);
		if (length < 8) break;
		at += length;
	}
	return data;
}

function decode(
	layout: Layout,
	codec: OpenJpeg,
	{ width, height, bits, codestream }: Image,
): Uint8ClampedArray {
	try {
		const pixels = codec(codestream);
		if (pixels.length === width * height * (bits > 8 ? 2 : 1)) return pixels;
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw broken(layout, `its image cannot be decoded: ${why}`);
	}
	throw broken(layout, "its image cannot be decoded");
}

/** More values than any field of such depth has. */
const mostDeep = 1 << 23;

function decodeDeep(layout: Layout, { codestream }: Image): Int32Array {
	if (layout.coded > mostDeep)
		throw broken(layout, `${layout.coded} values of more than 16 bits`);
	try {
		return decodeImage(codestream);
	} catch (error) {
		if (error instanceof Unread)
			throw new UnsupportedField(
				`a JPEG 2000 image of more than 16 bits with ${error.message} (template 5.40)`,
			);
		if (error instanceof Broken) throw broken(layout, error.message);
		throw error;
	}
}

function broken(layout: Layout, what: string): BrokenField {
	return new BrokenField(`the message at ${layout.offset}: ${what}`);
}
