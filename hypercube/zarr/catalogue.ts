import { canonical } from "../archive/canonical.ts";
import { KeyValues } from "../archive/keyvalues.ts";
import type { FieldVariable } from "./fields.ts";

/** Which values each MARS key has anywhere in a Zarr. */
export class ZarrCatalogue extends KeyValues {
	/** Parameters by the names of their variables, in lower case. */
	readonly #params = new Map<string, Set<string>>();

	constructor(variables: Iterable<FieldVariable>) {
		super();
		for (const { variable, common, outer } of variables) {
			for (const [key, value] of Object.entries(common)) this.add(key, [value]);
			for (const { keys } of outer)
				for (const { key, values } of keys) this.add(key, values);
			const name = variable.meta.name.toLowerCase();
			const params = this.#params.get(name) ?? new Set();
			this.#params.set(name, params.add(common.param ?? ""));
		}
	}

	/** The values that a text of a request means: of a parameter also the name of its variable. */
	meaning(key: string, text: string): readonly string[] {
		const value = canonical(key, text);
		if (key !== "param" || this.has(key, value)) return [value];
		return [...(this.#params.get(text.trim().toLowerCase()) ?? [value])];
	}
}
