import { canonical } from "./canonical.ts";
import { type Column, type FileIndex, paramColumn } from "./columns.ts";
import { KeyValues } from "./keyvalues.ts";

/** Which values each key has anywhere in the archive, in their one spelling. Made once for each refresh. */
export class Catalogue extends KeyValues {
	readonly #idsOfWritten = new Map<string, Set<string>>();
	readonly #idsOfName = new Map<string, Set<string>>();

	constructor(indexes: Iterable<FileIndex>) {
		super();
		for (const { columns } of indexes) {
			for (const [name, column] of columns) this.#addColumn(name, column);
		}
	}

	/**
	 * The values that a text of a request means: mostly one. A parameter is also meant by what a message
	 * itself writes (`11.1` of a centre with tables of its own), and by a short name, where the parameter
	 * that MARS means by it is not there but others of that name are (`tp` of another centre).
	 */
	meaning(key: string, text: string): readonly string[] {
		const value = canonical(key, text);
		if (key !== "param") return [value];
		const plain = text.trim().toLowerCase();
		const ids = new Set(this.#idsOfWritten.get(plain));
		if (this.has(key, value)) ids.add(value);
		if (ids.size > 0) return [...ids];
		return [...(this.#idsOfName.get(plain) ?? [value])];
	}

	#addColumn(name: string, column: Column): void {
		if (name === "param") return;
		const key = name === paramColumn ? "param" : name;
		this.add(key, canonicalValues(key, column));
		if (key !== "param") return;
		for (const entry of column.values) {
			const [id = "", shortName = "", written = ""] = entry.split(":");
			setIn(this.#idsOfName, shortName.toLowerCase()).add(id);
			setIn(this.#idsOfWritten, written).add(id);
		}
	}
}

/** A column's values in their one spelling, in the column's order; for `param` the column of ids is meant. */
export function canonicalValues(
	key: string,
	column: Column,
): readonly string[] {
	let values = spelled.get(column);
	if (!values) {
		values = column.values.map((value) =>
			key === "param" ? (value.split(":")[0] ?? "") : canonical(key, value),
		);
		spelled.set(column, values);
	}
	return values;
}

/** Spelling a value takes a microsecond, and there may be files by the ten thousand. */
const spelled = new WeakMap<Column, readonly string[]>();

function setIn(map: Map<string, Set<string>>, key: string): Set<string> {
	const set = map.get(key) ?? new Set();
	map.set(key, set);
	return set;
}
