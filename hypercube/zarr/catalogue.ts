import { canonical, comparatorOf } from "../archive/canonical.ts";
import type { FieldVariable } from "./fields.ts";

/** Which values each MARS key has anywhere in a Zarr. */
export class ZarrCatalogue {
	readonly #values = new Map<string, Set<string>>();
	readonly #ranks = new Map<string, ReadonlyMap<string, number>>();
	/** Parameters by the names of their variables, in lower case. */
	readonly #params = new Map<string, Set<string>>();

	constructor(variables: Iterable<FieldVariable>) {
		for (const { variable, common, outer } of variables) {
			for (const [key, value] of Object.entries(common))
				this.#add(key, [value]);
			for (const { keys } of outer)
				for (const { key, values } of keys) this.#add(key, values);
			const name = variable.meta.name.toLowerCase();
			const params = this.#params.get(name) ?? new Set();
			this.#params.set(name, params.add(common.param ?? ""));
		}
	}

	/** All keys, in the order of their names. */
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

	/** The values that a text of a request means: of a parameter also the name of its variable. */
	meaning(key: string, text: string): readonly string[] {
		const value = canonical(key, text);
		if (key !== "param" || this.has(key, value)) return [value];
		return [...(this.#params.get(text.trim().toLowerCase()) ?? [value])];
	}

	#add(key: string, values: readonly string[]): void {
		const known = this.#values.get(key) ?? new Set();
		this.#values.set(key, known);
		for (const value of values) known.add(value);
	}
}
