import { endianness } from "node:os";
import { crc32 } from "node:zlib";
import { codesFor } from "./codes.ts";
import type { FileFault, FileIndex } from "./columns.ts";
import type { LayoutMember, Layouts } from "./layouts.ts";
import { type Stamp, stampOf } from "./stamp.ts";

/** An index with what it was made of. */
export interface StoredIndex {
	readonly stamp: Stamp;
	/** Rises with each file indexed: of identical messages, the highest answers. */
	readonly sequence: number;
	readonly index: FileIndex;
}

/** Raised whenever the form below, or what is read of messages, changes: old files are then made anew. */
const magic = "PTGRIBX5";
const fixedLength = 16;

interface Header extends Stamp {
	readonly endianness: string;
	readonly sequence: number;
	readonly rows: number;
	readonly keys: readonly {
		readonly key: string;
		readonly values: readonly string[];
	}[];
	readonly layouts: readonly {
		readonly name: LayoutMember;
		/** How many values, each with a code a row where these are fewer than rows. */
		readonly values: number;
		readonly coded: boolean;
	}[];
	/** Octets of each grid's section. */
	readonly grids: readonly number[];
	readonly faults: readonly FileFault[];
}

/**
 * An index as bytes: magic (8), length of the header (4), CRC-32 of all that follows (4), the header as
 * JSON, then offsets, lengths, each key's codes, and the layouts' numbers, codes and grids, every array beginning at a multiple of 8, so that
 * reading it back copies nothing.
 */
export function encodeIndex({ stamp, sequence, index }: StoredIndex): Buffer {
	const header: Header = {
		...stamp,
		sequence,
		endianness: endianness(),
		rows: index.offsets.length,
		keys: [...index.columns].map(([key, { values }]) => ({ key, values })),
		layouts: [...index.layouts.columns].map(([name, { values, codes }]) => ({
			name,
			values: values.length,
			coded: codes !== undefined,
		})),
		grids: index.layouts.grids.map(({ length }) => length),
		faults: index.faults,
	};
	const text = Buffer.from(JSON.stringify(header));
	const fixed = Buffer.alloc(fixedLength);
	const parts: Uint8Array[] = [fixed, text];
	const arrays = [
		index.offsets,
		index.lengths,
		...[...index.columns.values()].map(({ codes }) => codes),
		...[...index.layouts.columns.values()].flatMap(({ values, codes }) =>
			codes ? [values, codes] : [values],
		),
		index.layouts.gridOf,
		...index.layouts.grids,
	];
	let length = fixedLength + text.length;
	for (const { buffer, byteOffset, byteLength } of arrays) {
		const gap = padding(length);
		parts.push(Buffer.alloc(gap), Buffer.from(buffer, byteOffset, byteLength));
		length += gap + byteLength;
	}
	const whole = Buffer.concat(parts, length);
	whole.write(magic, "latin1");
	whole.writeUInt32LE(text.length, 8);
	whole.writeUInt32LE(crc32(whole.subarray(fixedLength)), 12);
	return whole;
}

/** The next array of an index. */
type Take = <T extends { readonly byteLength: number; set(from: T): void }>(
	view: (buffer: ArrayBuffer, offset: number) => T,
) => T;

/** The index in the bytes; undefined for another form, another kind of machine, or damaged bytes. */
export function decodeIndex(
	bytes: Uint8Array<ArrayBuffer>,
): StoredIndex | undefined {
	const whole = aligned(bytes);
	if (whole.length < fixedLength || whole.toString("latin1", 0, 8) !== magic)
		return undefined;
	if (whole.readUInt32LE(12) !== crc32(whole.subarray(fixedLength)))
		return undefined;
	const end = fixedLength + whole.readUInt32LE(8);
	const header: Header = JSON.parse(whole.toString("utf8", fixedLength, end));
	if (header.endianness !== endianness()) return undefined;
	let at = end;
	const take: Take = (view) => {
		at += padding(at);
		const array = view(whole.buffer, whole.byteOffset + at);
		at += array.byteLength;
		return array;
	};
	const { rows, sequence, faults } = header;
	const offsets = take(
		(buffer, offset) => new Float64Array(buffer, offset, rows),
	);
	const lengths = take(
		(buffer, offset) => new Float64Array(buffer, offset, rows),
	);
	const columns = header.keys.map(({ key, values }) => {
		const codes = take((buffer, offset) =>
			codesOver(buffer, offset, { values: values.length, rows }),
		);
		return [key, { values, codes }] as const;
	});
	const layouts = decodeLayouts(header, take);
	return {
		stamp: stampOf(header),
		sequence,
		index: { offsets, lengths, columns: new Map(columns), layouts, faults },
	};
}

function decodeLayouts({ layouts, grids, rows }: Header, take: Take): Layouts {
	const columns = layouts.map(({ name, values: count, coded }) => {
		const values = take((buffer, at) => new Float64Array(buffer, at, count));
		if (!coded) return [name, { values }] as const;
		const codes = take((buffer, at) =>
			codesOver(buffer, at, { values: count, rows }),
		);
		return [name, { values, codes }] as const;
	});
	const gridOf = take((buffer, at) =>
		codesOver(buffer, at, { values: grids.length, rows }),
	);
	return {
		columns: new Map(columns),
		gridOf,
		grids: grids.map((length) =>
			take((buffer, at) => new Uint8Array(buffer, at, length)),
		),
	};
}

function codesOver(
	buffer: ArrayBuffer,
	offset: number,
	of: { values: number; rows: number },
) {
	const { BYTES_PER_ELEMENT: width } = codesFor(of.values, 0);
	if (width === 1) return new Uint8Array(buffer, offset, of.rows);
	if (width === 2) return new Uint16Array(buffer, offset, of.rows);
	return new Uint32Array(buffer, offset, of.rows);
}

/** The same bytes, beginning where eight-byte numbers may be read in place. */
function aligned(bytes: Uint8Array<ArrayBuffer>): Buffer<ArrayBuffer> {
	const fit = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
	return Buffer.from(fit.buffer, fit.byteOffset, fit.byteLength);
}

const padding = (length: number): number => (8 - (length % 8)) % 8;
