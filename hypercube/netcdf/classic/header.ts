import { octetsOf } from "../../zarr/format/types.ts";
import { type Numbers, swapped } from "./numbers.ts";
import { codes, padded, tags, versions } from "./types.ts";

export interface Dimension {
	readonly name: string;
	readonly length: number;
}

/** Text, or numbers of the type that the array has. */
export type Attributes = Readonly<Record<string, string | Numbers>>;

export interface ClassicVariable {
	readonly name: string;
	readonly type: "char" | "int32" | "float32" | "float64";
	/** One that has the record dimension has it first. */
	readonly dimensions: readonly Dimension[];
	readonly attributes: Attributes;
}

/** What a file will hold. */
export interface ClassicFile {
	readonly attributes: Attributes;
	/** The dimension along which the file is written: of each record first all of its variables, then the next. */
	readonly record: Dimension;
	/** In the order in which they are written. */
	readonly fixed: readonly ClassicVariable[];
	/** The same, for each record: of four or eight octets a value, or text of a multiple of four. */
	readonly records: readonly ClassicVariable[];
}

export interface ClassicHeader {
	readonly bytes: Uint8Array;
	/** Octets of the whole file. */
	readonly size: number;
}

/** Beyond these the counts and sizes of CDF-2 are too narrow. */
const mostLength = 2 ** 31 - 1;
const mostBytes = 2 ** 32 - 4;

/**
 * The header of a file in NetCDF's classic format ("The NetCDF Classic Format Specification" in the NetCDF User's Guide):
 * CDF-2, which all readers know, where the sizes allow it, else CDF-5. All lengths are known, so the data can follow
 * as they come.
 */
export function encodeHeader(file: ClassicFile, wide = isWide(file)) {
	const variables = [...file.fixed, ...file.records];
	// Offsets are of one width, so the length of the header does not depend on them.
	const { length } = encode(file, [], wide);
	const begins: number[] = [];
	let at = length;
	for (const variable of variables) {
		begins.push(at);
		at += bytesOf(variable, file);
	}
	const record = total(file.records, file);
	return {
		bytes: encode(file, begins, wide),
		size: at + record * (file.record.length - 1),
	} satisfies ClassicHeader;
}

function isWide(file: ClassicFile): boolean {
	const variables = [...file.fixed, ...file.records];
	const lengths = variables.flatMap(({ dimensions }) =>
		dimensions.map(({ length }) => length),
	);
	return (
		[file.record.length, ...lengths].some((length) => length > mostLength) ||
		variables.some((variable) => bytesOf(variable, file) > mostBytes)
	);
}

const total = (
	variables: readonly ClassicVariable[],
	file: ClassicFile,
): number =>
	variables.reduce((sum, variable) => sum + bytesOf(variable, file), 0);

/** Octets of a variable; of one with records, of each. */
function bytesOf(
	{ dimensions, type }: ClassicVariable,
	{ record }: ClassicFile,
): number {
	const octets = type === "char" ? 1 : octetsOf[type];
	const values = dimensions.reduce(
		(product, one) => (one === record ? product : product * one.length),
		1,
	);
	return padded(values * octets);
}

function encode(
	file: ClassicFile,
	begins: readonly number[],
	wide: boolean,
): Uint8Array {
	const { record, fixed, records } = file;
	const variables = [...fixed, ...records];
	const dimensions = [
		...new Set([record, ...variables.flatMap(({ dimensions }) => dimensions)]),
	];
	const to = new Octets(wide);
	to.text(
		`CDF${String.fromCharCode(wide ? versions.data64 : versions.offset64)}`,
	);
	to.count(record.length);
	to.list(tags.dimension, dimensions.length);
	for (const one of dimensions) {
		to.name(one.name);
		to.count(one === record ? 0 : one.length);
	}
	to.attributes(file.attributes);
	to.list(tags.variable, variables.length);
	for (const [at, variable] of variables.entries()) {
		to.name(variable.name);
		to.count(variable.dimensions.length);
		for (const one of variable.dimensions) to.count(dimensions.indexOf(one));
		to.attributes(variable.attributes);
		to.number(codes[variable.type]);
		to.count(bytesOf(variable, file));
		to.offset(begins[at] ?? 0);
	}
	return to.bytes();
}

class Octets {
	readonly #wide: boolean;
	readonly #parts: Uint8Array[] = [];

	constructor(wide: boolean) {
		this.#wide = wide;
	}

	bytes(): Uint8Array {
		return Buffer.concat(this.#parts);
	}

	/** Filled up with zeros to a multiple of four. */
	octets(bytes: Uint8Array): void {
		const whole = new Uint8Array(padded(bytes.length));
		whole.set(bytes);
		this.#parts.push(whole);
	}

	text(text: string): void {
		this.octets(Buffer.from(text));
	}

	number(value: number): void {
		const bytes = Buffer.alloc(4);
		bytes.writeUInt32BE(value);
		this.octets(bytes);
	}

	offset(value: number): void {
		const bytes = Buffer.alloc(8);
		bytes.writeBigUInt64BE(BigInt(value));
		this.octets(bytes);
	}

	count(value: number): void {
		if (this.#wide) this.offset(value);
		else this.number(value);
	}

	name(name: string): void {
		const bytes = Buffer.from(name);
		this.count(bytes.length);
		this.octets(bytes);
	}

	/** An empty one has no tag. */
	list(tag: number, count: number): void {
		this.number(count === 0 ? 0 : tag);
		this.count(count);
	}

	attributes(attributes: Attributes): void {
		const all = Object.entries(attributes);
		this.list(tags.attribute, all.length);
		for (const [name, value] of all) {
			this.name(name);
			const text = typeof value === "string";
			this.number(text ? codes.char : codeOf(value));
			const bytes = text ? Buffer.from(value) : swapped(value);
			this.count(text ? bytes.length : value.length);
			this.octets(bytes);
		}
	}
}

function codeOf(value: Numbers): number {
	if (value instanceof Float64Array) return codes.float64;
	return value instanceof Float32Array ? codes.float32 : codes.int32;
}
