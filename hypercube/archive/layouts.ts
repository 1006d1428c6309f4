import { type Layout, packings } from "../grib/values/layout.ts";
import { type Codes, codesFor } from "./codes.ts";

/** Numbers of many fields, of which most are the same: each once, and a code a field; or as they are. */
export interface NumberColumn {
	readonly values: Float64Array;
	/** One a field, its place in `values`; absent where each field has its own. */
	readonly codes?: Codes;
}

/** Where and how the values of each message of a file are packed: some thirty octets a message. */
export interface Layouts {
	/** By the member's name; places are told from the beginning of the message on. */
	readonly columns: ReadonlyMap<LayoutMember, NumberColumn>;
	/** Sections that define grids, each once. */
	readonly grids: readonly Uint8Array[];
	/** Of each field 1 + the place of its grid in `grids`; 0: its values cannot be read, and reading its header says why. */
	readonly gridOf: Codes;
}

/** Members of a layout that the index keeps. Offset and length it knows already. */
const members = [
	"edition",
	"points",
	"coded",
	"packing",
	"reference",
	"binaryScale",
	"decimalScale",
	"bits",
	"dataOffset",
	"dataLength",
	"bitmapOffset",
	"bitmapLength",
	"gridOffset",
	"gridLength",
	"packingOffset",
	"packingLength",
	"ccsdsFlags",
	"ccsdsBlock",
	"ccsdsInterval",
] as const satisfies readonly (keyof Layout)[];
export type LayoutMember = (typeof members)[number];

/** Places, told from the beginning of the message on: the same in most messages. */
const places: ReadonlySet<LayoutMember> = new Set([
	"dataOffset",
	"bitmapOffset",
	"gridOffset",
	"packingOffset",
]);

/** Collects the layouts of a file's messages. */
export class LayoutsBuilder {
	readonly #columns = members.map((name) => ({
		name,
		numbers: [] as number[],
	}));
	readonly #grids: Uint8Array[] = [];
	readonly #places = new Map<string, number>();
	readonly #gridOf: number[] = [];
	/** Most messages have the grid of the one before. */
	#last: { readonly octets: Uint8Array; readonly code: number } | undefined;

	/** Undefined: the values of this message cannot be read. */
	add(found: { layout: Layout; grid: Uint8Array } | undefined): void {
		for (const { name, numbers } of this.#columns)
			numbers.push(found ? told(found.layout, name) : 0);
		this.#gridOf.push(found ? this.#codeOf(found.grid) : 0);
	}

	done(): Layouts {
		const gridOf = codesFor(this.#grids.length, this.#gridOf.length);
		gridOf.set(this.#gridOf);
		return {
			columns: new Map(
				this.#columns.map(({ name, numbers }) => [name, columnOf(numbers)]),
			),
			grids: this.#grids,
			gridOf,
		};
	}

	#codeOf(octets: Uint8Array): number {
		if (this.#last && Buffer.compare(this.#last.octets, octets) === 0)
			return this.#last.code;
		const text = Buffer.from(octets).toString("latin1");
		let code = this.#places.get(text);
		if (code === undefined) {
			this.#grids.push(octets.slice());
			code = this.#grids.length;
			this.#places.set(text, code);
		}
		this.#last = { octets: octets.slice(), code };
		return code;
	}
}

function told(layout: Layout, name: LayoutMember): number {
	if (name === "packing") return packings.indexOf(layout.packing);
	const value = layout[name];
	return places.has(name) && value > 0 ? value - layout.offset : value;
}

function columnOf(numbers: readonly number[]): NumberColumn {
	const places = new Map<number, number>();
	for (const number of numbers) {
		if (places.size >= 2 ** 15) break;
		if (!places.has(number)) places.set(number, places.size);
	}
	// A code is worth its while where it is shorter than the number and most numbers are met again.
	if (places.size >= 2 ** 15 || places.size > numbers.length / 2 + 16)
		return { values: Float64Array.from(numbers) };
	const codes = codesFor(places.size, numbers.length);
	for (const [row, number] of numbers.entries())
		codes[row] = places.get(number) ?? 0;
	return { values: Float64Array.from(places.keys()), codes };
}

/** The layouts of some rows of a file, in their order. */
export function gather(layouts: Layouts, rows: readonly number[]): Layouts {
	const codesAt = (codes: Codes): Uint32Array => {
		const some = new Uint32Array(rows.length);
		for (const [place, row] of rows.entries()) some[place] = codes[row] ?? 0;
		return some;
	};
	return {
		columns: new Map(
			Array.from(layouts.columns, ([name, { values, codes }]) => [
				name,
				codes
					? { values, codes: codesAt(codes) }
					: { values: Float64Array.from(rows, (row) => values[row] ?? 0) },
			]),
		),
		grids: layouts.grids,
		gridOf: codesAt(layouts.gridOf),
	};
}

/** A member of the layout of one field. */
function memberAt(layouts: Layouts, name: LayoutMember, row: number): number {
	const column = layouts.columns.get(name);
	const place = column?.codes ? column.codes[row] : row;
	return column?.values[place ?? 0] ?? 0;
}

/** The layout of a message; undefined where its values cannot be read. */
export function layoutAt(
	layouts: Layouts,
	row: number,
	at: { readonly offset: number; readonly length: number },
): Layout | undefined {
	if ((layouts.gridOf[row] ?? 0) === 0) return undefined;
	const member = (name: LayoutMember) => memberAt(layouts, name, row);
	const place = (name: LayoutMember) => {
		const value = member(name);
		return value > 0 ? value + at.offset : value;
	};
	return {
		...at,
		edition: member("edition") === 1 ? 1 : 2,
		points: member("points"),
		coded: member("coded"),
		packing: packings[member("packing")] ?? "simple",
		reference: member("reference"),
		binaryScale: member("binaryScale"),
		decimalScale: member("decimalScale"),
		bits: member("bits"),
		dataOffset: place("dataOffset"),
		dataLength: member("dataLength"),
		bitmapOffset: place("bitmapOffset"),
		bitmapLength: member("bitmapLength"),
		gridOffset: place("gridOffset"),
		gridLength: member("gridLength"),
		packingOffset: place("packingOffset"),
		packingLength: member("packingLength"),
		ccsdsFlags: member("ccsdsFlags"),
		ccsdsBlock: member("ccsdsBlock"),
		ccsdsInterval: member("ccsdsInterval"),
	};
}
