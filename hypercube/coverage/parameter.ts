import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Parameter } from "../cube/coverage.ts";
import type { Field } from "../cube/field.ts";
import { parameterOf as factsOf } from "../grib/parameters.ts";

/** What a field says about its quantity. */
export type Said = Pick<Field, "keys" | "units" | "longName" | "standardName">;

/**
 * The quantity of a field: by the parameter id that the field has, in ECMWF's tables; what the source itself says of
 * name and units comes first. A parameter without a short name (`~`) is called `p` and its id.
 */
export function parameterOf({
	keys,
	units,
	longName,
	standardName,
}: Said): Parameter {
	const param = keys.param ?? "unknown";
	const id = /^\d+$/.test(param) ? Number(param) : undefined;
	const facts = id === undefined ? undefined : factsOf(id);
	const name = id === undefined ? param : shortName(facts?.shortName, id);
	const standard =
		standardName ?? (id === undefined ? undefined : standardNameOf(id));
	return {
		name,
		...(id === undefined ? {} : { id }),
		label: longName ?? facts?.name ?? name,
		units: units ?? facts?.units ?? "",
		...(standard === undefined ? {} : { standardName: standard }),
	};
}

/**
 * {@link parameterOf}, with the same object for all fields of the same `param`, by which a reader groups values, and
 * another name where two of them share one (ECMWF has some): `t` and `t_500014`.
 */
export function parameters(): (said: Said) => Parameter {
	const known = new Map<string | undefined, Parameter>();
	const names = new Set<string>();
	return (said) => {
		const { param } = said.keys;
		const found = known.get(param);
		if (found !== undefined) return found;
		const own = parameterOf(said);
		const made = names.has(own.name)
			? { ...own, name: `${own.name}_${param}` }
			: own;
		names.add(made.name);
		known.set(param, made);
		return made;
	};
}

/** The CF standard name of a parameter id, where ecCodes knows one. */
export function standardNameOf(id: number): string | undefined {
	names ??= readNames();
	return names[String(id)];
}

let names: Readonly<Record<string, string>> | undefined;

/** Written by `scripts/standard-names.py`. */
function readNames(): Readonly<Record<string, string>> {
	const path = join(import.meta.dirname, "tables/standard-names.json");
	const table: { readonly names: Readonly<Record<string, string>> } =
		JSON.parse(readFileSync(path, "utf8"));
	return table.names;
}

function shortName(name: string | undefined, id: number): string {
	return name === undefined || name === "~" ? `p${id}` : name;
}
