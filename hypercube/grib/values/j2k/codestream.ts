import { uint } from "../../octets.ts";

/** What a codestream cannot be read for: the caller says of which message. */
export class Unread extends Error {
	override readonly name = "Unread";
}

/** What contradicts itself. */
export class Broken extends Error {
	override readonly name = "Broken";
}

/** What the main header says (ISO/IEC 15444-1, annex A) of an image of one component, tile and layer. */
export interface Codestream {
	readonly width: number;
	readonly height: number;
	readonly bits: number;
	/** Levels of the wavelet. */
	readonly levels: number;
	/** Sides of code-blocks. */
	readonly blockWidth: number;
	readonly blockHeight: number;
	/** Bit planes of each sub-band: the lowest one, then three for each resolution. */
	readonly planes: readonly number[];
	/** All packets, one a resolution. */
	readonly packets: Uint8Array;
}

const marker = {
	siz: 0xff51,
	cod: 0xff52,
	qcd: 0xff5c,
	com: 0xff64,
	tlm: 0xff55,
	plm: 0xff57,
	plt: 0xff58,
	crg: 0xff63,
	sot: 0xff90,
	sod: 0xff93,
	eoc: 0xffd9,
} as const;

/** Markers that say nothing of how the image is coded. */
const passed: ReadonlySet<number> = new Set([
	marker.com,
	marker.tlm,
	marker.plm,
	marker.plt,
	marker.crg,
]);

/** Reads the headers, and puts the parts of the tile together. @throws Unread, Broken */
export function readCodestream(octets: Uint8Array): Codestream {
	const segments = new Map<number, Uint8Array>();
	let at = 2;
	while (uint(octets, at, 2) !== marker.sot) {
		const [kind, length] = [uint(octets, at, 2), uint(octets, at + 2, 2)];
		const known =
			kind === marker.siz || kind === marker.cod || kind === marker.qcd;
		if (!known && !passed.has(kind))
			throw new Unread(`marker ${kind.toString(16)}`);
		if (length < 2 || at + 2 + length > octets.length)
			throw new Broken("its image ends within the header");
		if (known) segments.set(kind, octets.subarray(at + 4, at + 2 + length));
		at += 2 + length;
	}
	const [siz, cod, qcd] = [marker.siz, marker.cod, marker.qcd].map((kind) =>
		segments.get(kind),
	);
	if (!siz || !cod || !qcd)
		throw new Broken("the header of its image is not whole");
	const coding = readCoding(cod);
	return {
		...readSize(siz),
		...coding,
		planes: readPlanes(qcd, coding.levels),
		packets: tileOf(octets, at),
	};
}

function readSize(siz: Uint8Array) {
	const [right, bottom] = [uint(siz, 2, 4), uint(siz, 6, 4)];
	const offsets = [10, 14, 26, 30].map((at) => uint(siz, at, 4));
	const [tileWidth, tileHeight] = [uint(siz, 18, 4), uint(siz, 22, 4)];
	if (offsets.some((offset) => offset !== 0))
		throw new Unread("an image that does not begin at 0");
	if (tileWidth < right || tileHeight < bottom)
		throw new Unread("several tiles");
	if (Math.max(right, bottom) > 1 << 15)
		throw new Unread(`${right} × ${bottom} points`);
	return { width: right, height: bottom, bits: uint(siz, 36, 1) + 1 };
}

/** Annex A.6.1. */
function readCoding(cod: Uint8Array) {
	const [wide, high] = [uint(cod, 6, 1) + 2, uint(cod, 7, 1) + 2];
	const levels = uint(cod, 5, 1);
	if (uint(cod, 0, 1) !== 0) throw new Unread("precincts or marks of packets");
	// Of one layer and one component all orders of packets are the same: resolution by resolution.
	if (uint(cod, 2, 2) !== 1) throw new Unread(`${uint(cod, 2, 2)} layers`);
	if (uint(cod, 8, 1) !== 0)
		throw new Unread(`code-blocks of style ${uint(cod, 8, 1)}`);
	if (uint(cod, 9, 1) !== 1) throw new Unread("the irreversible wavelet");
	if (levels > 32 || wide > 10 || high > 10 || wide + high > 12)
		throw new Broken("the header of its image is outside the standard");
	return {
		levels,
		blockWidth: 2 ** wide,
		blockHeight: 2 ** high,
	};
}

/** Annex A.6.4 and E.1: without quantization an exponent a sub-band, and guard bits. */
function readPlanes(qcd: Uint8Array, levels: number): number[] {
	const style = uint(qcd, 0, 1);
	if ((style & 31) !== 0) throw new Unread("quantized coefficients");
	if (qcd.length < 2 + 3 * levels)
		throw new Broken("the header of its image lacks sub-bands");
	const planes = Array.from(
		qcd.subarray(1, 2 + 3 * levels),
		(octet) => (octet >> 3) + (style >> 5) - 1,
	);
	if (planes.some((one) => one > 31))
		throw new Unread("more than 31 bit planes");
	return planes;
}

/** Annex A.4.2: the data of tile-parts, one after the other. */
function tileOf(octets: Uint8Array, first: number): Uint8Array {
	const parts: Uint8Array[] = [];
	let at = first;
	while (uint(octets, at, 2) === marker.sot) {
		const length = uint(octets, at + 6, 4);
		const end = length === 0 ? octets.length : at + length;
		if (uint(octets, at + 4, 2) !== 0) throw new Unread("several tiles");
		let data = at + 12;
		while (uint(octets, data, 2) !== marker.sod) {
			if (!passed.has(uint(octets, data, 2)))
				throw new Unread("a header of its own for the tile");
			data += 2 + uint(octets, data + 2, 2);
		}
		if (end < data + 2 || end > octets.length)
			throw new Broken("its image ends within a tile");
		parts.push(octets.subarray(data + 2, end));
		at = end;
	}
	return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}
