import { BrokenField } from "../../cube/field.ts";
import { octetsOf } from "../../zarr/format/types.ts";
import { type StoredType, valuesOf } from "./octets.ts";
import type { ParsedAttributes, ParsedVariable } from "./parse.ts";
import { codes, padded, tags, versions } from "./types.ts";

/** There is more of the header than these octets. */
export class Short extends Error {
	override readonly name = "Short";
}

/** More of each is not read: libraries stop at some thousands. */
export const most = {
	dimensions: 10_000,
	variables: 10_000,
	attributes: 100_000,
	rank: 1024,
	name: 4096,
};

/** Takes a header apart, from its beginning to its end. @throws Short; BrokenField */
export class Cursor {
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	readonly #version: number;
	#at = 4;
	#attributes = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		if (bytes.length < 4) throw new Short();
		this.#version = bytes[3] ?? 0;
		if (!Object.values<number>(versions).includes(this.#version))
			throw new BrokenField(
				`the file says that it is CDF-${this.#version}, which is not known`,
			);
	}

	/** All bits set: a file whose writer did not know it yet. */
	records(): number | undefined {
		const wide = this.#version === versions.data64;
		const at = this.#advance(wide ? 8 : 4);
		const high = this.#view.getUint32(at);
		const low = wide ? this.#view.getUint32(at + 4) : high;
		if (high === 0xffff_ffff && low === 0xffff_ffff) return undefined;
		return this.#whole(wide ? high * 2 ** 32 + low : low);
	}

	list<T>(tag: number, most: number, item: () => T): T[] {
		const found = this.#number();
		const count = this.count();
		if (count === 0 && found === 0) return [];
		if (found !== tag)
			throw new BrokenField(
				`at octet ${this.#at} of the header a list begins with ${found}, not ${tag}`,
			);
		if (count > most)
			throw new BrokenField(
				`the header counts ${count} in one list, more than the ${most} that are read`,
			);
		const items: T[] = [];
		for (let at = 0; at < count; at++) items.push(item());
		return items;
	}

	variable(dimensions: number): ParsedVariable {
		const name = this.name();
		const rank = this.count();
		if (rank > most.rank)
			throw new BrokenField(`${name} has ${rank} dimensions`);
		const along: number[] = [];
		for (let at = 0; at < rank; at++) along.push(this.count());
		const unknown = along.find((one) => one >= dimensions);
		if (unknown !== undefined)
			throw new BrokenField(
				`${name} lies along dimension ${unknown} of ${dimensions}`,
			);
		const attributes = this.attributes();
		const type = this.#type();
		// What it says of its own size is too narrow for large ones, and follows from the rest.
		this.count();
		const begin =
			this.#version === versions.classic ? this.#number() : this.#wide();
		return { name, dimensions: along, attributes, type, begin };
	}

	attributes(): ParsedAttributes {
		const values: Record<string, unknown> = Object.create(null);
		const single = new Set<string>();
		this.list(tags.attribute, most.attributes - this.#attributes, () => {
			this.#attributes += 1;
			const name = this.name();
			const type = this.#type();
			const count = this.count();
			const octets = type === "char" ? 1 : octetsOf[type];
			const bytes = this.#take(count * octets);
			values[name] = type === "char" ? text(bytes) : plain(bytes, type);
			if (type === "float32") single.add(name);
		});
		return { values, single };
	}

	name(): string {
		const length = this.count();
		if (length > most.name)
			throw new BrokenField(`the header has a name of ${length} octets`);
		return text(this.#take(length));
	}

	count(): number {
		return this.#version === versions.data64 ? this.#wide() : this.#number();
	}

	#type(): ParsedVariable["type"] {
		const code = this.#number();
		const known = types.get(code);
		if (known === undefined)
			throw new BrokenField(
				`the header names a type ${code}, which is not known`,
			);
		return known;
	}

	#number(): number {
		return this.#view.getUint32(this.#advance(4));
	}

	#wide(): number {
		const at = this.#advance(8);
		return this.#whole(
			this.#view.getUint32(at) * 2 ** 32 + this.#view.getUint32(at + 4),
		);
	}

	#whole(value: number): number {
		if (Number.isSafeInteger(value)) return value;
		throw new BrokenField(`the header counts ${value}, which no file holds`);
	}

	#take(octets: number): Uint8Array {
		const at = this.#advance(padded(octets));
		return this.#bytes.subarray(at, at + octets);
	}

	#advance(octets: number): number {
		const at = this.#at;
		if (at + octets > this.#bytes.length) throw new Short();
		this.#at += octets;
		return at;
	}
}

const types: ReadonlyMap<number, ParsedVariable["type"]> = new Map([
	[codes.int8, "int8"],
	[codes.char, "char"],
	[codes.int16, "int16"],
	[codes.int32, "int32"],
	[codes.float32, "float32"],
	[codes.float64, "float64"],
	[codes.uint8, "uint8"],
	[codes.uint16, "uint16"],
	[codes.uint32, "uint32"],
	[codes.int64, "int64"],
	[codes.uint64, "uint64"],
]);

/** Some writers end it as C does. */
const text = (bytes: Uint8Array): string =>
	Buffer.from(bytes).toString().replace(/\0+$/, "");

function plain(bytes: Uint8Array, type: StoredType): number | number[] {
	const numbers = Array.from(valuesOf(bytes, type), Number);
	const [only] = numbers;
	return numbers.length === 1 && only !== undefined ? only : numbers;
}
