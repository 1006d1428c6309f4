import { canonical, comparatorOf } from "./canonical.ts";
import { type Column, type FileIndex, paramColumn } from "./columns.ts";

/** Which values each key has anywhere in the archive, in their one spelling. Made once for each refresh. */
export class Catalogue {
	readonly #values = new Map<string, Set<string>>();
	readonly #idsOfWritten = new Map<string, Set<string>>();
	readonly #idsOfName = new Map<string, Set<string>>();
	readonly #ranks = new Map<string, ReadonlyMap<string, number>>();

	constructor(indexes: Iterable<FileIndex>) {
		for (const { columns } of indexes) {
			for (const [name, column] of columns) this.#add(name, column);
		}
	}

	/** All keys that some message has, in the order of their names. */
	get keys(): readonly string[] {
		return [...this.#values.keys()].sort();
	}

	has(key: string, value?: string): boolean {
		const values = this.#values.get(key);
		return values !== undefined && (value === undefined || values.has(value));
	}

	/** Each value's place among all values of the key, ascending, from 1 on. */
	ranks(key: string): ReadonlyMap<string, number> {
		let ranks = this.#ranks.get(key);
		if (!ranks) {
			const ascending = [...(this.#values.get(key) ?? [])].sort(
				comparatorOf(key),
			);
			ranks = new Map(ascending.map((value, index) => [value, index + 1]));
			this.#ranks.set(key, ranks);
		}
		return ranks;
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

	#add(name: string, column: Column): void {
		if (name === "param") return;
		const key = name === paramColumn ? "param" : name;
		const values = setIn(this.#values, key);
		for (const value of canonicalValues(key, column)) values.add(value);
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
