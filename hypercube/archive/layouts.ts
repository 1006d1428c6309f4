import { type Layout, packings } from "../grib/values/layout.ts";
import { type Codes, codesFor } from "./codes.ts";
import { DistinctOctets } from "./distinct.ts";

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
	readonly #grids = new DistinctOctets();
	readonly #gridOf: number[] = [];

	/** Undefined: the values of this message cannot be read. */
	add(found: { layout: Layout; grid: Uint8Array } | undefined): void {
		for (const { name, numbers } of this.#columns)
			numbers.push(found ? told(found.layout, name) : 0);
		this.#gridOf.push(found ? this.#grids.add(found.grid) + 1 : 0);
	}

	done(): Layouts {
		const gridOf = codesFor(this.#grids.list.length, this.#gridOf.length);
		gridOf.set(this.#gridOf);
		return {
			columns: new Map(
				this.#columns.map(({ name, numbers }) => [name, columnOf(numbers)]),
			),
			grids: this.#grids.list,
			gridOf,
		};
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
