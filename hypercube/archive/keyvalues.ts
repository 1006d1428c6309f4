import { comparatorOf } from "./canonical.ts";

/** Which values each key has anywhere, in their one spelling. */
export class KeyValues {
	readonly #values = new Map<string, Set<string>>();
	readonly #ranks = new Map<string, ReadonlyMap<string, number>>();

	/** Before the first question about the key. */
	add(key: string, values: Iterable<string>): void {
		const known = this.#values.get(key) ?? new Set();
		this.#values.set(key, known);
		for (const value of values) known.add(value);
	}

	/** All keys that something has, in the order of their names. */
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
}
