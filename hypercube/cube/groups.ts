import type { Parameter } from "./coverage.ts";
import type { Field } from "./field.ts";
import type { Keys } from "./instant.ts";

/** The fields of one place in time and height: one a parameter. */
export interface Cell {
	readonly keys: Keys;
	readonly fields: ReadonlyMap<Parameter, Field>;
}

/** Fields that become coverages together: they agree in all keys but those that a coverage runs along. */
export interface Group {
	/** The keys they agree in, `param` left out. */
	readonly keys: Keys;
	readonly parameters: readonly Parameter[];
	/** In the order met. */
	readonly cells: readonly Cell[];
}

/**
 * Fields in groups, and in cells within these. What is nowhere else decides: a key that `along` names tells cells
 * apart, every other key groups.
 */
export function groupsOf(
	fields: Iterable<Field>,
	along: readonly string[],
	parameterOf: (field: Field) => Parameter,
): Group[] {
	const groups = new Map<string, GrowingGroup>();
	for (const field of fields) {
		const outer: string[] = [];
		const inner: string[] = [];
		for (const [key, value] of Object.entries(field.keys).sort(byKey)) {
			if (key === "param") continue;
			(along.includes(key) ? inner : outer).push(key, value);
		}
		const name = outer.join("\u0000");
		const group = groups.get(name) ?? {
			keys: pairs(outer),
			parameters: new Set(),
			cells: new Map(),
		};
		groups.set(name, group);
		const parameter = parameterOf(field);
		group.parameters.add(parameter);
		const place = inner.join("\u0000");
		const cell = group.cells.get(place) ?? {
			keys: { ...group.keys, ...pairs(inner) },
			fields: new Map(),
		};
		group.cells.set(place, cell);
		cell.fields.set(parameter, field);
	}
	return [...groups.values()].map(({ keys, parameters, cells }) => ({
		keys,
		parameters: [...parameters],
		cells: [...cells.values()],
	}));
}

interface GrowingGroup {
	readonly keys: Keys;
	readonly parameters: Set<Parameter>;
	readonly cells: Map<
		string,
		{ readonly keys: Keys; readonly fields: Map<Parameter, Field> }
	>;
}

const byKey = ([a]: [string, string], [b]: [string, string]): number =>
	a < b ? -1 : 1;

function pairs(flat: readonly string[]): Record<string, string> {
	const keys: Record<string, string> = {};
	for (let at = 0; at < flat.length; at += 2)
		keys[flat[at] ?? ""] = flat[at + 1] ?? "";
	return keys;
}
