import { type Layout, packings } from "../grib/values/layout.ts";
import { DistinctOctets } from "./distinct.ts";
import type { LayoutMember, Layouts } from "./layouts.ts";

/** Numbers of the fields of a table: one for each, or one for all. */
type Numbers = Float64Array | number;

/** How the values of some fields of several files are packed. Plain data. */
export interface LayoutTable {
	/** Places are told from the beginning of the message on. */
	readonly columns: Readonly<Record<LayoutMember, Numbers>>;
	/** Sections that define grids, each once. */
	readonly grids: readonly Uint8Array[];
	/** Of each field 1 + the place of its grid in `grids`; 0: its values cannot be read, and reading its header says why. */
	readonly gridOf: Uint32Array;
}

/** Where some fields stand in the indexes of their files. */
interface Rows {
	/** Of each file. */
	readonly layouts: readonly Layouts[];
	/** Of each field. */
	readonly fileOf: Uint32Array;
	/** Of each field, its row in its file's index. */
	readonly rowOf: Uint32Array;
}

/** The layouts of some rows of files, in their order. */
export function layoutTable(rows: Rows): LayoutTable {
	const numbers = (name: LayoutMember) => numbersOf(rows, name);
	return {
		columns: {
			edition: numbers("edition"),
			points: numbers("points"),
			coded: numbers("coded"),
			packing: numbers("packing"),
			reference: numbers("reference"),
			binaryScale: numbers("binaryScale"),
			decimalScale: numbers("decimalScale"),
			bits: numbers("bits"),
			dataOffset: numbers("dataOffset"),
			dataLength: numbers("dataLength"),
			bitmapOffset: numbers("bitmapOffset"),
			bitmapLength: numbers("bitmapLength"),
			gridOffset: numbers("gridOffset"),
			gridLength: numbers("gridLength"),
			packingOffset: numbers("packingOffset"),
			packingLength: numbers("packingLength"),
			ccsdsFlags: numbers("ccsdsFlags"),
			ccsdsBlock: numbers("ccsdsBlock"),
			ccsdsInterval: numbers("ccsdsInterval"),
		},
		...gridsOf(rows),
	};
}

function numbersOf(
	{ layouts, fileOf, rowOf }: Rows,
	name: LayoutMember,
): Numbers {
	const columns = layouts.map(({ columns }) => columns.get(name));
	const all = new Float64Array(rowOf.length);
	let alike = true;
	for (let field = 0; field < all.length; field++) {
		const column = columns[fileOf[field] ?? 0];
		const row = rowOf[field] ?? 0;
		const number = column?.values[column.codes?.[row] ?? row] ?? 0;
		all[field] = number;
		alike &&= number === all[0];
	}
	return alike ? (all[0] ?? 0) : all;
}

function gridsOf({ layouts, fileOf, rowOf }: Rows) {
	const distinct = new DistinctOctets();
	const codes = layouts.map(({ grids }) => [
		0,
		...grids.map((octets) => distinct.add(octets) + 1),
	]);
	const gridOf = new Uint32Array(rowOf.length);
	for (let field = 0; field < gridOf.length; field++) {
		const file = fileOf[field] ?? 0;
		const code = layouts[file]?.gridOf[rowOf[field] ?? 0] ?? 0;
		gridOf[field] = codes[file]?.[code] ?? 0;
	}
	return { grids: distinct.list, gridOf };
}

/** The layout of a field; undefined where its values cannot be read. */
export function layoutAt(
	{ columns, gridOf }: LayoutTable,
	field: number,
	at: { readonly offset: number; readonly length: number },
): Layout | undefined {
	if ((gridOf[field] ?? 0) === 0) return undefined;
	const of = (numbers: Numbers): number =>
		typeof numbers === "number" ? numbers : (numbers[field] ?? 0);
	const place = (numbers: Numbers): number => {
		const value = of(numbers);
		return value > 0 ? value + at.offset : value;
	};
	return {
		edition: of(columns.edition) === 1 ? 1 : 2,
		offset: at.offset,
		length: at.length,
		points: of(columns.points),
		coded: of(columns.coded),
		packing: packings[of(columns.packing)] ?? "simple",
		reference: of(columns.reference),
		binaryScale: of(columns.binaryScale),
		decimalScale: of(columns.decimalScale),
		bits: of(columns.bits),
		dataOffset: place(columns.dataOffset),
		dataLength: of(columns.dataLength),
		bitmapOffset: place(columns.bitmapOffset),
		bitmapLength: of(columns.bitmapLength),
		gridOffset: place(columns.gridOffset),
		gridLength: of(columns.gridLength),
		packingOffset: place(columns.packingOffset),
		packingLength: of(columns.packingLength),
		ccsdsFlags: of(columns.ccsdsFlags),
		ccsdsBlock: of(columns.ccsdsBlock),
		ccsdsInterval: of(columns.ccsdsInterval),
	};
}
