import { canonicalValues } from "./catalogue.ts";
import { paramColumn } from "./columns.ts";
import { gather, type Layouts } from "./layouts.ts";
import type { Part } from "./select.ts";

/** A file, as it was when it was indexed. */
export interface TableFile {
	readonly path: string;
	readonly size: number;
	readonly mtimeMs: number;
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
	/** Of each file, how the values of its fields are packed; a field's place among them is `rows`. */
	readonly layouts: readonly Layouts[];
	readonly rows: Uint32Array;
	readonly keys: readonly {
		readonly key: string;
		readonly values: readonly string[];
		/** Of each field, 0 where it lacks the key, else 1 + the place in `values`. */
		readonly codes: Uint32Array;
	}[];
}

/** The fields of some parts of files, in their order. */
export function tableOf(parts: readonly Part[]): FieldTable {
	const files = [...new Set(parts.map(({ file }) => file))];
	const placeOf = new Map(files.map((file, place) => [file, place]));
	const keys = new Set(files.flatMap(({ index }) => [...index.columns.keys()]));
	keys.delete("param");
	const rowsOf = files.map((): number[] => []);
	const fileOf = Uint32Array.from(parts, ({ file }) => placeOf.get(file) ?? 0);
	const rows = Uint32Array.from(parts, ({ row }, place) => {
		const some = rowsOf[fileOf[place] ?? 0] ?? [];
		return some.push(row) - 1;
	});
	return {
		layouts: files.map(({ index }, place) =>
			gather(index.layouts, rowsOf[place] ?? []),
		),
		rows,
		files: files.map(({ path, size, mtimeMs }) => ({ path, size, mtimeMs })),
		fileOf,
		offsets: Float64Array.from(parts, ({ offset }) => offset),
		lengths: Float64Array.from(parts, ({ length }) => length),
		keys: [...keys].map((name) => keyColumn(name, parts)),
	};
}

function keyColumn(
	name: string,
	parts: readonly Part[],
): FieldTable["keys"][number] {
	const key = name === paramColumn ? "param" : name;
	const places = new Map<string, number>();
	const codes = Uint32Array.from(parts, ({ file, row }) => {
		const column = file.index.columns.get(name);
		const code = column?.codes[row] ?? 0;
		const value = column && canonicalValues(key, column)[code - 1];
		if (value === undefined) return 0;
		const place = places.get(value) ?? places.size + 1;
		places.set(value, place);
		return place;
	});
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
