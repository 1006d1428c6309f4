import { canonicalValues } from "./catalogue.ts";
import { type FileIndex, paramColumn } from "./columns.ts";
import { type LayoutTable, layoutTable } from "./layouttable.ts";
import type { Part } from "./select.ts";
import { type Stamp, stampOf } from "./stamp.ts";

/** A file, as it was when it was indexed. */
export interface TableFile extends Stamp {
	readonly path: string;
}

/**
 * Fields as columns of plain data: ten thousand of them cross to another thread in a millisecond. Keys are in their one
 * spelling; `param` is the number where the message has one.
 */
export interface FieldTable {
	readonly files: readonly TableFile[];
	/** Of each field, the place of its file in `files`. */
	readonly fileOf: Uint32Array;
	/** Octets from the beginning of the file. */
	readonly offsets: Float64Array;
	/** Octets. */
	readonly lengths: Float64Array;
	/** How the values are packed. */
	readonly layouts: LayoutTable;
	readonly keys: readonly {
		readonly key: string;
		readonly values: readonly string[];
		/** Of each field, 0 where it lacks the key, else 1 + the place in `values`. */
		readonly codes: Uint32Array;
	}[];
}

/** Some parts of files, by the files' places. */
interface Parts {
	readonly indexes: readonly FileIndex[];
	readonly fileOf: Uint32Array;
	readonly rowOf: Uint32Array;
}

/** The fields of some parts of files, in their order. */
export function tableOf(parts: readonly Part[]): FieldTable {
	const files = [...new Set(parts.map(({ file }) => file))];
	const placeOf = new Map(files.map((file, place) => [file, place]));
	const indexes = files.map(({ index }) => index);
	const fileOf = Uint32Array.from(parts, ({ file }) => placeOf.get(file) ?? 0);
	const rowOf = Uint32Array.from(parts, ({ row }) => row);
	const names = new Set(indexes.flatMap(({ columns }) => [...columns.keys()]));
	names.delete("param");
	return {
		files: files.map((file) => ({ path: file.path, ...stampOf(file) })),
		fileOf,
		offsets: Float64Array.from(parts, ({ offset }) => offset),
		lengths: Float64Array.from(parts, ({ length }) => length),
		layouts: layoutTable({
			layouts: indexes.map(({ layouts }) => layouts),
			fileOf,
			rowOf,
		}),
		keys: [...names].map((name) => keyColumn(name, { indexes, fileOf, rowOf })),
	};
}

function keyColumn(
	name: string,
	{ indexes, fileOf, rowOf }: Parts,
): FieldTable["keys"][number] {
	const key = name === paramColumn ? "param" : name;
	const places = new Map<string, number>();
	const placed = (value: string): number => {
		const place = places.get(value) ?? places.size + 1;
		places.set(value, place);
		return place;
	};
	// Of each file its codes, its values, and the places of those that were met.
	const columns = indexes.map((index) => {
		const column = index.columns.get(name);
		if (column === undefined) return undefined;
		const values = canonicalValues(key, column);
		return { ...column, values, met: new Uint32Array(values.length) };
	});
	const codes = new Uint32Array(rowOf.length);
	for (let field = 0; field < codes.length; field++) {
		const column = columns[fileOf[field] ?? 0];
		const code = column?.codes[rowOf[field] ?? 0] ?? 0;
		if (column === undefined || code === 0) continue;
		column.met[code - 1] ||= placed(column.values[code - 1] ?? "");
		codes[field] = column.met[code - 1] ?? 0;
	}
	return { key, values: [...places.keys()], codes };
}

/** The keys of one field. */
export function keysAt(
	{ keys }: FieldTable,
	field: number,
): Readonly<Record<string, string>> {
	const found: Record<string, string> = {};
	for (const { key, values, codes } of keys) {
		const value = values[(codes[field] ?? 0) - 1];
		if (value !== undefined) found[key] = value;
	}
	return found;
}
